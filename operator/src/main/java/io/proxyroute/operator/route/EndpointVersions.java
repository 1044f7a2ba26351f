package io.proxyroute.operator.route;

import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.util.List;
import java.util.Map;

/**
 * Versions of a route's endpoint lists: a changed list gets a new version. Versions are not stored, and still rise from one
 * leader to the next, since they start with the sequence number that the leader claimed first. Used by one reconciliation
 * at a time.
 */
final class EndpointVersions {

    private static final int COUNTER_BITS = 24;

    private EndpointsDocument current;

    /** The addresses of the last list, by backend. */
    Map<String, List<Endpoint>> last() {
        return current == null ? Map.of() : current.backends();
    }

    /**
     * The list with its version.
     *
     * @param epoch sequence number that this leader claimed, at its start or after proxies were found to be ahead. They may
     *     then be ahead with their endpoints too, so an unchanged list also gets a new version
     */
    EndpointsDocument next(Map<String, List<Endpoint>> endpoints, long epoch) {
        long base = epoch << COUNTER_BITS;
        if (current == null || current.version() < base || !current.backends().equals(endpoints)) {
            long version = current == null ? base : Math.max(current.version() + 1, base);
            current = new EndpointsDocument(version, endpoints);
        }
        return current;
    }
}
