package io.proxyroute.operator.observe;

import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.util.Optional;

/**
 * The result of polling one pod.
 *
 * @param pod the pod as cached at that moment
 * @param at when the response arrived, or the poll failed, by the operator's clock
 * @param snapshot snapshot of the process; empty if unknown
 * @param unknownBecause why there is no snapshot, without a full stop; null if there is one
 */
public record PodSample(ObservedPod pod, Instant at, Optional<Snapshot> snapshot, String unknownBecause) {

    static PodSample known(ObservedPod pod, Instant at, Snapshot snapshot) {
        return new PodSample(pod, at, Optional.of(snapshot), null);
    }

    static PodSample unknown(ObservedPod pod, Instant at, String because) {
        return new PodSample(pod, at, Optional.empty(), because);
    }
}
