package io.proxyroute.operator.endpoints;

import io.proxyroute.contract.config.Backend;

/** A port of a Service, parsed from the ID of a backend: {@code namespace/name:port}. */
public record ServicePortRef(String namespace, String name, int port) {

    /** Parses the ID of a backend that is a Service. */
    public static ServicePortRef of(Backend backend) {
        int slash = backend.id().indexOf('/');
        int colon = backend.id().lastIndexOf(':');
        return new ServicePortRef(
                backend.id().substring(0, slash), backend.id().substring(slash + 1, colon), backend.port());
    }
}
