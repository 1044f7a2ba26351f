package io.proxyroute.contract.config;

/**
 * A condition on the path without the query. Before the comparison, escaped unreserved characters are decoded and
 * repeated slashes are merged.
 *
 * @param type how {@code value} is matched
 * @param value a path that starts with a slash, or a regular expression
 */
public record PathMatch(MatchType type, String value) {}
