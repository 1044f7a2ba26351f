package io.proxyroute.contract.config;

import java.util.List;

/**
 * What happens to the requests that one of its matches takes.
 *
 * @param name names the rule in metrics and logs; unique in the document
 * @param matches alternatives; empty takes every request
 * @param filters applied in order
 * @param backendRefs where requests go, by weight; empty answers 500 as the Gateway API has it
 * @param timeouts null fields inherit the document's
 * @param retry null for none
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
