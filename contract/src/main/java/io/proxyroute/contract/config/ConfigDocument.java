package io.proxyroute.contract.config;

import java.util.List;

/**
 * All that a proxy serves, apart from the addresses of its backends. The operator renders it from a route; a proxy
 * reads it from a file at start and takes newer ones on its admin port.
 *
 * @param route the route it was rendered from
 * @param sequence rises with every document of a route; a proxy refuses one lower than it has
 * @param hash {@link ConfigHash} of everything but {@code sequence} and this field
 * @param listeners the ports to serve; at least one
 * @param rules tried in order of their matches' precedence, as in the Gateway API
 * @param backends what rules and filters may call; keyed by {@link Backend#id()}
 * @param connectionPool bounds of the connections to backends
 * @param timeouts defaults for every rule
 * @param drain how the process ends
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
        Drain drain,
        Telemetry telemetry) {

    public ConfigDocument {
        listeners = listeners == null ? List.of() : List.copyOf(listeners);
        rules = rules == null ? List.of() : List.copyOf(rules);
        backends = backends == null ? List.of() : List.copyOf(backends);
        connectionPool = connectionPool == null ? ConnectionPool.DEFAULT : connectionPool;
        timeouts = timeouts == null ? Timeouts.DEFAULT : timeouts;
        drain = drain == null ? Drain.DEFAULT : drain;
        telemetry = telemetry == null ? Telemetry.DEFAULT : telemetry;
    }

    /** The same document under another sequence number. */
    public ConfigDocument withSequence(long newSequence) {
        return new ConfigDocument(
                route, newSequence, hash, listeners, rules, backends, connectionPool, timeouts, drain, telemetry);
    }

    /** The same document bearing another hash. */
    public ConfigDocument withHash(String newHash) {
        return new ConfigDocument(
                route, sequence, newHash, listeners, rules, backends, connectionPool, timeouts, drain, telemetry);
    }
}
