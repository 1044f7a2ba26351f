package io.proxyroute.proxy.routing;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The hosts that a listener serves. A wildcard stands for one or more labels, as in the Gateway API:
 * {@code *.example.com} takes {@code a.example.com} and {@code a.b.example.com}, and not {@code example.com}. Immutable.
 */
public final class Hostnames {

    private final Set<String> exact = new HashSet<>();
    private final Set<String> suffixes = new HashSet<>();

    private Hostnames(List<String> names) {
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("*.")) {
                suffixes.add(lower.substring(1));
            } else {
                exact.add(lower);
            }
        }
    }

    /** Compiles a listener's hostnames; none means that all are served. */
    public static Hostnames of(List<String> names) {
        return new Hostnames(names);
    }

    /**
     * Whether a host is served.
     *
     * @param host in lower case and without a port; empty where the request named none
     */
    public boolean serve(String host) {
        if (exact.isEmpty() && suffixes.isEmpty() || exact.contains(host)) {
            return true;
        }
        if (!suffixes.isEmpty()) {
            for (int dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
                if (suffixes.contains(host.substring(dot))) {
                    return true;
                }
            }
        }
        return false;
    }
}
