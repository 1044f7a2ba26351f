package io.proxyroute.contract.config;

import java.util.List;

/**
 * The proxies in front of the route whose {@code X-Forwarded-*} and {@code Forwarded} fields are believed. At most one of
 * the two ways to name them is used; without either, no peer is trusted.
 *
 * @param hops number of proxies between clients and the route, all of which are trusted
 * @param cidrs ranges of addresses of trusted proxies, such as {@code 10.0.0.0/8}
 */
public record TrustedProxies(int hops, List<String> cidrs) {

    /** No peer is trusted. */
    public static final TrustedProxies NONE = new TrustedProxies(0, List.of());

    public TrustedProxies {
        cidrs = cidrs == null ? List.of() : List.copyOf(cidrs);
    }
}
