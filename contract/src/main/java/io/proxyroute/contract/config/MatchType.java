package io.proxyroute.contract.config;

/** How a value is compared, in the Gateway API's words. */
public enum MatchType {
    /** Equal, letter by letter. */
    Exact,
    /** A path whose elements start with the value's; of paths only. */
    PathPrefix,
    /**
     * The whole value matches the expression, which is in the syntax of <a
     * href="https://github.com/google/re2/wiki/Syntax">RE2</a>: without lookaround and backreferences, so that matching
     * takes time linear in the value.
     */
    RegularExpression
}
