package io.proxyroute.contract.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Checks across the parts of a configuration document: names are unique and references resolve. */
final class ReferenceChecks {

    private ReferenceChecks() {}

    /** Reports errors to {@code in}. A value that could not be read is null, and its error is already reported. */
    static void check(ConfigDocument document, FieldReader in) {
        if (document.listeners().isEmpty() && in.absentOrEmpty("listeners")) {
            in.error("listeners", "must contain at least one listener.");
        }
        unique(document.listeners(), Listener::name, "listeners", "name", in);
        unique(document.listeners(), l -> l.port() == 0 ? null : l.port(), "listeners", "port", in);
        unique(document.rules(), Rule::name, "rules", "name", in);
        unique(document.backends(), Backend::id, "backends", "id", in);
        // The ledger identifies the filters of a rule by name.
        for (int r = 0; r < document.rules().size(); r++) {
            unique(
                    document.rules().get(r).filters(),
                    ReferenceChecks::customName,
                    "rules[" + r + "].filters",
                    "name",
                    in);
        }
        backendRefs(document, in);
    }

    private static String customName(RuleFilter filter) {
        return filter instanceof RuleFilter.Custom custom ? custom.name() : null;
    }

    private static <T> void unique(
            List<T> elements, Function<T, Object> key, String list, String field, FieldReader in) {
        Map<Object, Integer> first = new HashMap<>();
        for (int i = 0; i < elements.size(); i++) {
            Object value = key.apply(elements.get(i));
            Integer earlier = value == null ? null : first.putIfAbsent(value, i);
            if (earlier != null) {
                in.error(
                        list + "[" + i + "]." + field,
                        "is \"" + value + "\", which " + list + "[" + earlier + "] already has; it must be unique.");
            }
        }
    }

    private static void backendRefs(ConfigDocument document, FieldReader in) {
        Set<String> backends = new HashSet<>();
        document.backends().forEach(backend -> backends.add(backend.id()));
        for (int r = 0; r < document.rules().size(); r++) {
            List<BackendRef> refs = document.rules().get(r).backendRefs();
            for (int b = 0; b < refs.size(); b++) {
                String backend = refs.get(b).backend();
                if (backend != null && !backends.contains(backend)) {
                    in.error(
                            "rules[" + r + "].backendRefs[" + b + "].backend",
                            "is \"" + backend + "\", but no entry of backends has this id.");
                }
            }
        }
    }
}
