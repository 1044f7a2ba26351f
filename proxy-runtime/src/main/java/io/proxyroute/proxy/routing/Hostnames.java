package io.proxyroute.proxy.routing;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A listener's hostnames. A wildcard stands for one or more labels, as in the Gateway API: {@code *.example.com} matches
 * {@code a.example.com} and {@code a.b.example.com}, but not {@code example.com}. Immutable.
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

    /** Compiles hostnames; an empty list matches every host. */
    public static Hostnames of(List<String> names) {
        return new Hostnames(names);
    }

    /**
     * Whether a host matches.
     *
     * @param host host in lower case, without port; empty if the request has no host
     */
    public boolean matches(String host) {
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
