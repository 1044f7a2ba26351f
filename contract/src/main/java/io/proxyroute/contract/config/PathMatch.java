package io.proxyroute.contract.config;

/**
 * A condition on the path, without the query.
 *
 * @param type how {@code value} is compared
 * @param value starts with a slash, or is a regular expression of {@link java.util.regex.Pattern}
 */
public record PathMatch(MatchType type, String value) {}
