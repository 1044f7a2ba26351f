package io.proxyroute.contract.config;

/**
 * A backend of a rule and its share of the traffic.
 *
 * @param backend a {@link Backend#id()} of the document; null for one that cannot be resolved, whose share of the requests is
 *     answered with 500, as the Gateway API demands
 * @param weight 0 to 1,000,000, relative to the other weights of the rule; 0 sends no requests
 */
public record BackendRef(String backend, int weight) {}
