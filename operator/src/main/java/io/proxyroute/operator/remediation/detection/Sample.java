package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;

/**
 * A snapshot of a proxy with the time of its arrival.
 *
 * @param receivedAt time on the operator's clock, which decides whether the sample is fresh
 * @param snapshot the proxy's snapshot; series use its clock
 */
public record Sample(Instant receivedAt, Snapshot snapshot) {}
