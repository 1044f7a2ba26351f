package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * A rule's own times.
 *
 * @param request see {@link Timeouts#request()}; null inherits
 * @param backendRequest see {@link Timeouts#backendRequest()}; null inherits
 */
public record RuleTimeouts(Duration request, Duration backendRequest) {

    /** Inherits everything. */
    public static final RuleTimeouts INHERITED = new RuleTimeouts(null, null);
}
