package io.proxyroute.contract.config;

/** How a value is matched, with the names of the Gateway API. */
public enum MatchType {
    /** Equal, case-sensitive. */
    Exact,
    /** The path starts with the path elements of the value; for paths only. */
    PathPrefix,
    /**
     * The whole value matches the expression, in the syntax of <a
     * href="https://github.com/google/re2/wiki/Syntax">RE2</a>. Without lookaround and backreferences, matching takes
     * linear time.
     */
    RegularExpression
}
