package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The part of a sample that is kept. A pod has hundreds of them, so they are small.
 *
 * @param at the proxy's clock
 * @param values values by the signal's ordinal; NaN if unknown
 * @param limits limits by the signal's ordinal; NaN if there is none
 * @param backends pool use by backend
 * @param inFlight exchanges at that moment
 * @param requestsTotal exchanges that have ended since the process started
 */
record Reading(
        Instant at, double[] values, double[] limits, List<BackendUse> backends, int inFlight, long requestsTotal) {

    /**
     * One backend's connections.
     *
     * @param backend its id, the same object in all readings
     * @param active leased connections
     * @param waitMillis time that exchanges wait for a connection and then for a response
     */
    record BackendUse(String backend, int active, double waitMillis) {}

    static Reading of(Snapshot snapshot) {
        double[] values = Arrays.stream(Signal.values())
                .mapToDouble(signal -> signal.of(snapshot))
                .toArray();
        double[] limits = Arrays.stream(Signal.values())
                .mapToDouble(signal -> signal.limitIn(snapshot))
                .toArray();
        List<BackendUse> backends = snapshot.pools().stream()
                .map(p -> new BackendUse(p.backend().intern(), p.active() + p.pending(), waitMillis(p)))
                .toList();
        return new Reading(
                snapshot.takenAt(),
                values,
                limits,
                backends,
                snapshot.traffic().inFlight(),
                snapshot.traffic().requestsTotal());
    }

    private static double waitMillis(PoolUsage pool) {
        return pool.acquireP99Millis() + (pool.responseP99Millis() == null ? 0 : pool.responseP99Millis());
    }

    double value(Signal signal) {
        return values[signal.ordinal()];
    }

    double limit(Signal signal) {
        return limits[signal.ordinal()];
    }
}
