package io.proxyroute.operator.route;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.Rule;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What users should know about backends that are resolved and still answer no request. */
final class BackendNotes {

    private static final int MAX_NAMES = 5;

    private BackendNotes() {}

    /** Notes as sentences; empty if there is nothing to say. */
    static String of(RouteState state) {
        return state.rollout()
                .served()
                .map(served -> of(served, state.versions().last()))
                .orElse("");
    }

    static String of(ConfigDocument served, Map<String, List<Endpoint>> endpoints) {
        List<String> silent = served.backends().stream()
                .filter(Backend::endpoints)
                .map(Backend::id)
                .filter(id -> endpoints.getOrDefault(id, List.of()).isEmpty())
                .toList();
        List<String> failing = served.rules().stream()
                .filter(BackendNotes::hasNoBackend)
                .map(Rule::name)
                .toList();
        return Stream.of(
                        note("Without a ready endpoint, so requests get 503: ", silent),
                        note("Rules that answer every request with 500, since no backend has a weight: ", failing))
                .filter(note -> !note.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static boolean hasNoBackend(Rule rule) {
        return rule.backendRefs().stream().noneMatch(ref -> ref.backend() != null && ref.weight() > 0);
    }

    private static String note(String text, List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String more = names.size() > MAX_NAMES ? " and %d more".formatted(names.size() - MAX_NAMES) : "";
        return text + names.stream().limit(MAX_NAMES).collect(Collectors.joining(", ")) + more + ".";
    }
}
