package io.proxyroute.contract.config;

import java.util.List;

/**
 * The configuration of a proxy, without the addresses of its backends. The operator renders it from a route. A proxy
 * reads it from a file at startup and receives newer documents on its admin port.
 *
 * @param route the route it was rendered from
 * @param sequence increases with every document of a route; a proxy rejects a lower sequence than its current one
 * @param hash {@link ConfigHash} of all fields except {@code sequence} and {@code hash}
 * @param listeners the ports to serve; at least one
 * @param rules matched in the order of precedence of the Gateway API
 * @param backends destinations of rules and filters; {@link Backend#id()} is unique
 * @param connectionPool limits on the connections to backends
 * @param timeouts defaults of all rules
 * @param limits limits on what clients may send
 * @param trustedProxies proxies in front of the route whose forwarding fields are believed
 * @param drain how the process shuts down
 * @param telemetry what the process measures and logs
 */
public record ConfigDocument(
        RouteRef route,
        long sequence,
        String hash,
        List<Listener> listeners,
        List<Rule> rules,
        List<Backend> backends,
        ConnectionPool connectionPool,
        Timeouts timeouts,
        Limits limits,
        TrustedProxies trustedProxies,
        Drain drain,
        Telemetry telemetry) {

    public ConfigDocument {
        listeners = listeners == null ? List.of() : List.copyOf(listeners);
        rules = rules == null ? List.of() : List.copyOf(rules);
        backends = backends == null ? List.of() : List.copyOf(backends);
        connectionPool = connectionPool == null ? ConnectionPool.DEFAULT : connectionPool;
        timeouts = timeouts == null ? Timeouts.DEFAULT : timeouts;
        limits = limits == null ? Limits.DEFAULT : limits;
        trustedProxies = trustedProxies == null ? TrustedProxies.NONE : trustedProxies;
        drain = drain == null ? Drain.DEFAULT : drain;
        telemetry = telemetry == null ? Telemetry.DEFAULT : telemetry;
    }

    /** A copy with another sequence number. */
    public ConfigDocument withSequence(long newSequence) {
        return new ConfigDocument(
                route,
                newSequence,
                hash,
                listeners,
                rules,
                backends,
                connectionPool,
                timeouts,
                limits,
                trustedProxies,
                drain,
                telemetry);
    }

    /** A copy with another hash. */
    public ConfigDocument withHash(String newHash) {
        return new ConfigDocument(
                route,
                sequence,
                newHash,
                listeners,
                rules,
                backends,
                connectionPool,
                timeouts,
                limits,
                trustedProxies,
                drain,
                telemetry);
    }
}
