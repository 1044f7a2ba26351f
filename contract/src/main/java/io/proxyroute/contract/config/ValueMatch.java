package io.proxyroute.contract.config;

/**
 * A condition on a header or on a query parameter.
 *
 * @param type {@link MatchType#Exact} or {@link MatchType#RegularExpression}
 * @param name header names are compared without case, parameters with
 * @param value what to compare with
 */
public record ValueMatch(MatchType type, String name, String value) {}
