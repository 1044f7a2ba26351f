package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * What a proxy measures and logs.
 *
 * @param accessLog whether every exchange is logged as a JSON line to standard output
 * @param liveSetInterval how often a full collection measures the live set; zero disables the measurement
 */
public record Telemetry(boolean accessLog, Duration liveSetInterval) {

    /** The API's defaults. */
    public static final Telemetry DEFAULT = new Telemetry(true, Duration.ofMinutes(5));
}
