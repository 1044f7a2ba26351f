package io.proxyroute.proxy.routing;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.proxy.stream.Head;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The compiled rules of a document, in matching order.
 *
 * <p>Precedence is the Gateway API's (HTTPRouteRule.matches): an exact path first, then the longest path prefix, then a
 * method, then the most headers, then the most query parameters, then the order of the document. The API does not
 * rank regular expressions; here they come between exact path and prefix, longer ones first. Expressions use RE2, which
 * matches in linear time: a backtracking matcher could block the event loop.
 */
public final class RoutingTable {

    private final List<RouteRule> rules;
    private final Map<String, Candidate[]> exact;
    private final Candidate[] others;

    private RoutingTable(List<RouteRule> rules, Map<String, Candidate[]> exact, Candidate[] others) {
        this.rules = rules;
        this.exact = exact;
        this.others = others;
    }

    /** One match of a rule; precedence is between these. */
    private record Candidate(RequestMatch match, RouteRule rule, int order) {}

    /** Compiles a valid document. */
    public static RoutingTable compile(ConfigDocument document) {
        List<RouteRule> rules = new ArrayList<>();
        Map<String, List<Candidate>> exact = new HashMap<>();
        List<Candidate> others = new ArrayList<>();
        int order = 0;
        for (Rule rule : document.rules()) {
            RouteRule compiled = RouteRule.compile(rule, document);
            rules.add(compiled);
            List<Match> matches =
                    rule.matches().isEmpty() ? List.of(new Match(null, null, null, null)) : rule.matches();
            for (Match match : matches) {
                Candidate candidate = new Candidate(RequestMatch.compile(match), compiled, order++);
                PathMatch path = match.path();
                if (path != null && path.type() == MatchType.Exact) {
                    exact.computeIfAbsent(RequestPath.normalize(path.value()), p -> new ArrayList<>())
                            .add(candidate);
                } else {
                    others.add(candidate);
                }
            }
        }
        Comparator<Candidate> precedence = Comparator.<Candidate, RequestMatch>comparing(
                        Candidate::match, RequestMatch.PRECEDENCE)
                .thenComparingInt(Candidate::order);
        Map<String, Candidate[]> exactSorted = new HashMap<>();
        exact.forEach((path, candidates) ->
                exactSorted.put(path, candidates.stream().sorted(precedence).toArray(Candidate[]::new)));
        return new RoutingTable(
                List.copyOf(rules),
                exactSorted,
                others.stream().sorted(precedence).toArray(Candidate[]::new));
    }

    /** In the order of the document. */
    public List<RouteRule> rules() {
        return rules;
    }

    /**
     * Finds the rule for a request.
     *
     * @param request its head
     * @param path path from {@link RequestPath#normalize}, without the query
     * @param query without the question mark; null if there is none
     * @return null if no rule matches
     */
    public RouteRule find(Head request, String path, String query) {
        RequestQuery parameters = new RequestQuery(query);
        Candidate[] exactMatches = exact.get(path);
        if (exactMatches != null) {
            for (Candidate candidate : exactMatches) {
                if (candidate.match.matchesRest(request, parameters)) {
                    return candidate.rule;
                }
            }
        }
        for (Candidate candidate : others) {
            if (candidate.match.matchesPath(path) && candidate.match.matchesRest(request, parameters)) {
                return candidate.rule;
            }
        }
        return null;
    }
}
