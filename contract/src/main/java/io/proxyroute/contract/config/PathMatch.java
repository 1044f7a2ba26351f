package io.proxyroute.contract.config;

/**
 * A condition on the path, without the query; escapes of unreserved characters are undone and repeated slashes merged
 * before it is compared.
 *
 * @param type how {@code value} is compared
 * @param value starts with a slash, or is a regular expression
 */
public record PathMatch(MatchType type, String value) {}
