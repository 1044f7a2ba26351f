package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * How a proxy shuts down.
 *
 * @param delay how long the proxy still accepts new connections, because endpoint lists elsewhere are updated with a
 *     delay
 * @param timeout how long exchanges in flight may take to complete after the delay
 */
public record Drain(Duration delay, Duration timeout) {

    /** The API's defaults. */
    public static final Drain DEFAULT = new Drain(Duration.ofSeconds(10), Duration.ofSeconds(30));
}
