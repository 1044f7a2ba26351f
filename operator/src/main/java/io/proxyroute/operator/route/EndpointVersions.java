package io.proxyroute.operator.route;

import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.util.List;
import java.util.Map;

/**
 * Numbers a route's endpoint lists: a new version for a new list, and none otherwise. Versions rise from one leader to
 * the next without being stored, because they begin with the sequence number that the leader claimed first. Used by one
 * reconciliation at a time.
 */
final class EndpointVersions {

    private static final int COUNTER_BITS = 24;

    private EndpointsDocument current;

    /**
     * The list under its number.
     *
     * @param epoch the sequence number that was claimed when the leader began, or had to begin anew since proxies were
     *     found to be ahead; they may be ahead with their endpoints as well, so that the same list gets a new number too
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
