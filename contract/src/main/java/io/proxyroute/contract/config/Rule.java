package io.proxyroute.contract.config;

import java.util.List;

/**
 * How to handle the requests that match.
 *
 * @param name name of the rule in metrics and logs; unique in the document
 * @param matches alternatives; an empty list matches every request
 * @param filters applied in order
 * @param backendRefs destinations, selected by weight; an empty list responds with 500, as in the Gateway API
 * @param timeouts null fields are inherited from the document
 * @param retry null disables retries
 */
public record Rule(
        String name,
        List<Match> matches,
        List<RuleFilter> filters,
        List<BackendRef> backendRefs,
        RuleTimeouts timeouts,
        Retry retry) {

    public Rule {
        matches = matches == null ? List.of() : List.copyOf(matches);
        filters = filters == null ? List.of() : List.copyOf(filters);
        backendRefs = backendRefs == null ? List.of() : List.copyOf(backendRefs);
        timeouts = timeouts == null ? RuleTimeouts.INHERITED : timeouts;
    }
}
