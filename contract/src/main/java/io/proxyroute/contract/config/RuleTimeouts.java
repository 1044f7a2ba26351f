package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * Time limits of a rule.
 *
 * @param request see {@link Timeouts#request()}; null inherits
 * @param backendRequest see {@link Timeouts#backendRequest()}; null inherits
 */
public record RuleTimeouts(Duration request, Duration backendRequest) {

    /** Inherits all limits. */
    public static final RuleTimeouts INHERITED = new RuleTimeouts(null, null);
}
