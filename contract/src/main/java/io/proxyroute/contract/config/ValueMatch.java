package io.proxyroute.contract.config;

/**
 * A condition on a header or on a query parameter.
 *
 * @param type {@link MatchType#Exact} or {@link MatchType#RegularExpression}
 * @param name case-insensitive for headers, case-sensitive for query parameters
 * @param value the value to compare with
 */
public record ValueMatch(MatchType type, String name, String value) {}
