package io.proxyroute.contract.config;

import java.util.List;
import java.util.Map;

/**
 * The current addresses of the backends. They are versioned separately and are not part of the configuration's hash,
 * because they change with every rollout of a backend.
 *
 * @param version increases with every change; a proxy ignores a lower version than its current one
 * @param backends ready endpoints by {@link Backend#id()}; an empty list means that no endpoint is ready
 */
public record EndpointsDocument(long version, Map<String, List<Endpoint>> backends) {

    public EndpointsDocument {
        backends = backends == null ? Map.of() : Map.copyOf(backends);
    }

    /**
     * One address of a backend.
     *
     * @param address an IP address
     * @param port 1 to 65535
     */
    public record Endpoint(String address, int port) {}
}
