package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;

/**
 * One answer of a proxy, stamped by the operator.
 *
 * @param receivedAt the operator's clock: freshness is judged by it
 * @param snapshot what the proxy said; curves are drawn over its own clock
 */
public record Sample(Instant receivedAt, Snapshot snapshot) {}
