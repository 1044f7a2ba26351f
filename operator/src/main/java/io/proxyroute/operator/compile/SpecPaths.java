package io.proxyroute.operator.compile;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Translates paths of the compiled document into paths of the ProxyRoute, because users only know the latter. */
public final class SpecPaths {

    private static final Pattern BACKEND = Pattern.compile("backends\\[(\\d+)](?:\\.(host|port))?.*");
    private static final Pattern BACKEND_REF = Pattern.compile("(rules\\[\\d+]\\.backendRefs\\[\\d+])\\.backend");
    private static final Pattern FILTER = Pattern.compile("(rules\\[(\\d+)]\\.filters\\[(\\d+)])\\.(.+)");

    private SpecPaths() {}

    /**
     * Translates a path.
     *
     * @param path path from an error about the document, or about the update that contains it
     * @return empty if the path is empty
     */
    public static String of(ConfigDocument document, String path) {
        String inDocument = path.replaceFirst("^config\\.?", "");
        return inDocument.isEmpty() ? "" : "spec." + inSpec(document, inDocument);
    }

    private static String inSpec(ConfigDocument document, String path) {
        if (path.equals("telemetry.liveSetInterval")) {
            return "remediation.leakDetection.sampleInterval";
        }
        if (path.startsWith("drain.")) {
            return "proxy." + path;
        }
        Matcher filter = FILTER.matcher(path);
        if (filter.matches()) {
            return filter(document, filter, path);
        }
        Matcher ref = BACKEND_REF.matcher(path);
        if (ref.matches()) {
            return ref.group(1);
        }
        Matcher backend = BACKEND.matcher(path);
        return backend.matches() ? backend(document, backend, path) : path;
    }

    private static String filter(ConfigDocument document, Matcher found, String path) {
        List<RuleFilter> filters =
                at(document.rules(), found.group(2)) instanceof Rule rule ? rule.filters() : List.of();
        String field = found.group(4);
        return switch (at(filters, found.group(3))) {
            case RuleFilter.RequestHeaders _ ->
                found.group(1) + "." + field.replaceFirst("^edits", "requestHeaderModifier");
            case RuleFilter.ResponseHeaders _ ->
                found.group(1) + "." + field.replaceFirst("^edits", "responseHeaderModifier");
            case RuleFilter.Custom _ when !field.equals("type") -> found.group(1) + ".custom." + field;
            case null, default -> path;
        };
    }

    /** A spec has no list of backends: the path is that of the first reference to the backend. */
    private static String backend(ConfigDocument document, Matcher found, String path) {
        if (at(document.backends(), found.group(1)) instanceof Backend backend) {
            for (int r = 0; r < document.rules().size(); r++) {
                List<BackendRef> refs = document.rules().get(r).backendRefs();
                for (int b = 0; b < refs.size(); b++) {
                    if (refs.get(b).backend().equals(backend.id())) {
                        String field = found.group(2) == null
                                        || backend.endpoints() && found.group(2).equals("host")
                                ? ""
                                : "." + found.group(2);
                        return "rules[" + r + "].backendRefs[" + b + "]" + field;
                    }
                }
            }
        }
        return path;
    }

    private static <T> T at(List<T> list, String index) {
        int i = Integer.parseInt(index);
        return i < list.size() ? list.get(i) : null;
    }
}
