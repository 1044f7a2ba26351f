package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * How a proxy ends. The pod's grace period is the sum of both and 10 s.
 *
 * @param delay how long new connections are still accepted, since endpoint lists elsewhere lag
 * @param timeout how long exchanges in flight may go on after that
 */
public record Drain(Duration delay, Duration timeout) {

    /** The API's defaults. */
    public static final Drain DEFAULT = new Drain(Duration.ofSeconds(10), Duration.ofSeconds(30));
}
