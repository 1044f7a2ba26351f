package io.proxyroute.contract.config;

import java.util.List;
import java.util.Map;

/**
 * Where the backends are now. It has a version of its own, outside the configuration's hash, because it changes with
 * every rollout of a backend.
 *
 * @param version rises with every change; a proxy ignores one lower than it has
 * @param backends ready endpoints by {@link Backend#id()}; an empty list means that there is none
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
