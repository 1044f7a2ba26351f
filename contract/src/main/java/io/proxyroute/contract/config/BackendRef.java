package io.proxyroute.contract.config;

/**
 * A rule's share of traffic for a backend.
 *
 * @param backend a {@link Backend#id()} of the document
 * @param weight 0 to 1,000,000, relative to the rule's others; 0 sends nothing
 */
public record BackendRef(String backend, int weight) {}
