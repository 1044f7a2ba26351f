package io.proxyroute.proxy.routing;

import com.google.re2j.Pattern;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.ValueMatch;
import io.proxyroute.proxy.stream.Head;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A compiled {@link Match}; all of its conditions must hold. */
final class RequestMatch {

    /** Most specific first; see {@link RoutingTable}. */
    static final Comparator<RequestMatch> PRECEDENCE = Comparator.comparingInt((RequestMatch m) -> m.pathRank)
            .thenComparing(
                    Comparator.comparingInt((RequestMatch m) -> m.pathLength).reversed())
            .thenComparing(m -> m.method == null)
            .thenComparing(Comparator.comparingInt((RequestMatch m) -> m.headers.length)
                    .reversed())
            .thenComparing(
                    Comparator.comparingInt((RequestMatch m) -> m.query.length).reversed());

    private final MatchType pathType;
    private final int pathRank;
    private final int pathLength;
    private final String prefix;
    private final Pattern pathPattern;
    private final String method;
    private final ValueCondition[] headers;
    private final ValueCondition[] query;

    private RequestMatch(Match match) {
        PathMatch path = match.path() == null ? new PathMatch(MatchType.PathPrefix, "/") : match.path();
        pathType = path.type();
        pathRank = switch (pathType) {
            case Exact -> 0;
            case RegularExpression -> 1;
            case PathPrefix -> 2;
        };
        // Prefixes match whole path elements, so a trailing slash has no meaning.
        prefix = pathType == MatchType.PathPrefix ? stripTrailingSlashes(RequestPath.normalize(path.value())) : null;
        pathPattern = pathType == MatchType.RegularExpression ? Pattern.compile(path.value()) : null;
        pathLength = pathType == MatchType.PathPrefix
                ? prefix.length()
                : path.value().length();
        method = match.method();
        headers = conditions(match.headers(), true);
        query = conditions(match.queryParams(), false);
    }

    static RequestMatch compile(Match match) {
        return new RequestMatch(match);
    }

    private static String stripTrailingSlashes(String value) {
        int end = value.length();
        while (end > 0 && value.charAt(end - 1) == '/') {
            end--;
        }
        return value.substring(0, end);
    }

    /** The first of several conditions on one name counts, as in the Gateway API. */
    private static ValueCondition[] conditions(List<ValueMatch> matches, boolean ignoreCase) {
        Map<String, ValueCondition> byName = new LinkedHashMap<>();
        for (ValueMatch match : matches) {
            String key = ignoreCase ? match.name().toLowerCase(Locale.ROOT) : match.name();
            byName.putIfAbsent(key, ValueCondition.compile(key, match));
        }
        return byName.values().toArray(ValueCondition[]::new);
    }

    /** Not for exact paths, which the routing table looks up. */
    boolean matchesPath(String path) {
        return switch (pathType) {
            case Exact -> throw new IllegalStateException("exact paths are looked up in the routing table");
            case RegularExpression -> pathPattern.matcher(path).matches();
            case PathPrefix ->
                path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        };
    }

    boolean matchesRest(Head request, RequestQuery parameters) {
        if (method != null && !method.equals(request.method())) {
            return false;
        }
        for (ValueCondition condition : headers) {
            if (!condition.holds(request)) {
                return false;
            }
        }
        return query.length == 0 || queryMatches(parameters);
    }

    private boolean queryMatches(RequestQuery parameters) {
        for (ValueCondition condition : query) {
            String value = parameters.first(condition.name());
            if (value == null || !condition.accepts(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A condition on one name.
     *
     * @param value compared exactly; null if there is a {@code pattern}
     */
    private record ValueCondition(String name, String value, Pattern pattern) {

        static ValueCondition compile(String name, ValueMatch match) {
            return switch (match.type()) {
                case Exact -> new ValueCondition(name, match.value(), null);
                case RegularExpression -> new ValueCondition(name, null, Pattern.compile(match.value()));
                case PathPrefix -> throw new IllegalArgumentException("PathPrefix applies to paths only");
            };
        }

        boolean accepts(String candidate) {
            return pattern == null
                    ? value.equals(candidate)
                    : pattern.matcher(candidate).matches();
        }

        /** A repeated field has the value of all its lines joined by a comma (RFC 9110, section 5.3). */
        boolean holds(Head request) {
            List<String> values = request.values(name);
            return switch (values.size()) {
                case 0 -> false;
                case 1 -> accepts(values.getFirst());
                default -> accepts(String.join(",", values)) || accepts(String.join(", ", values));
            };
        }
    }
}
