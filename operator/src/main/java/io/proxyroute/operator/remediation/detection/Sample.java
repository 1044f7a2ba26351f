package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;

/**
 * A snapshot of a proxy with the time of its arrival.
 *
 * @param receivedAt by the operator's clock, which decides whether it is fresh
 * @param snapshot of the proxy; series use its own clock
 */
public record Sample(Instant receivedAt, Snapshot snapshot) {}
