package io.proxyroute.operator.observe;

import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.util.Optional;

/**
 * One look at one pod.
 *
 * @param pod as the API server told it at that moment
 * @param at when the answer came, or was given up, by the operator's clock
 * @param snapshot what the process said; empty when it is unknown
 * @param unknownBecause one sentence; null when there is a snapshot
 */
public record PodSample(ObservedPod pod, Instant at, Optional<Snapshot> snapshot, String unknownBecause) {

    static PodSample known(ObservedPod pod, Instant at, Snapshot snapshot) {
        return new PodSample(pod, at, Optional.of(snapshot), null);
    }

    static PodSample unknown(ObservedPod pod, Instant at, String because) {
        return new PodSample(pod, at, Optional.empty(), because);
    }
}
