package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is kept of a sample, to judge stretches of time by.
 *
 * @param at the proxy's clock
 * @param values of each signal; NaN where unknown
 * @param limits of each signal; NaN where there is none
 * @param backends pool use by backend
 * @param inFlight exchanges at that moment
 * @param requestsTotal exchanges ended since the process started
 */
record Reading(
        Instant at,
        Map<Signal, Double> values,
        Map<Signal, Double> limits,
        List<BackendUse> backends,
        int inFlight,
        long requestsTotal) {

    /**
     * One backend's connections.
     *
     * @param backend its id
     * @param active leased connections
     * @param waitMillis how long exchanges wait for one, and then for an answer
     */
    record BackendUse(String backend, int active, double waitMillis) {}

    static Reading of(Snapshot snapshot) {
        Map<Signal, Double> values = new EnumMap<>(Signal.class);
        Map<Signal, Double> limits = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            values.put(signal, signal.of(snapshot));
            limits.put(signal, signal.limitIn(snapshot));
        }
        List<BackendUse> backends = snapshot.pools().stream()
                .map(p -> new BackendUse(p.backend(), p.active() + p.pending(), waitMillis(p)))
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
        return pool.acquireP99Millis() + (pool.answerP99Millis() == null ? 0 : pool.answerP99Millis());
    }

    double value(Signal signal) {
        return values.get(signal);
    }

    double limit(Signal signal) {
        return limits.get(signal);
    }
}
