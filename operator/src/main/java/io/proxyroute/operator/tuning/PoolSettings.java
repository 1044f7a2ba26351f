package io.proxyroute.operator.tuning;

import java.time.Duration;

/**
 * The settings that are tuned.
 *
 * @param connections most connections to one endpoint of a backend
 * @param acquire how long a request waits for one
 */
public record PoolSettings(int connections, Duration acquire) {}
