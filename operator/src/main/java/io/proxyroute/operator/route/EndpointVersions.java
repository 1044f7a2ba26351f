package io.proxyroute.operator.route;

import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.util.List;
import java.util.Map;

/**
 * Numbers a route's endpoint lists: a new version for a new list, and none otherwise. Versions rise from one leader to
 * the next without being stored, because they begin with the sequence number that the leader claimed. Used by one
 * reconciliation at a time.
 */
final class EndpointVersions {

    private static final int COUNTER_BITS = 24;

    private EndpointsDocument current;

    /** @param sequence the highest claimed so far */
    EndpointsDocument next(Map<String, List<Endpoint>> endpoints, long sequence) {
        if (current == null || !current.backends().equals(endpoints)) {
            long base = sequence << COUNTER_BITS;
            long version = current == null ? base : Math.max(current.version() + 1, base);
            current = new EndpointsDocument(version, endpoints);
        }
        return current;
    }
}
