package io.proxyroute.operator.tuning;

import io.proxyroute.operator.tuning.TuningDecision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Decides the pool size per endpoint and the acquire timeout, from a full window of measurements under the current
 * settings. Three rules keep the settings stable: a decision needs a full window, a step grows the pool by at most
 * half, and small improvements are skipped.
 *
 * <p>Nothing changes while exchanges leak or a RemediationRun is open: tuning must not feed a leak, and the
 * measurements of that time do not reflect the traffic.
 */
public final class PoolTuner {

    /** Pool size relative to the peak number of connections in use. */
    private static final double HEADROOM = 1.25;

    /** At the limit the true demand is unknown, so the limit grows by this factor. */
    private static final double GROWTH_FACTOR = 1.5;

    /** A pool shrinks only if this share of its size is sufficient. */
    private static final double SHRINK_THRESHOLD = 0.75;

    /** A successful wait rarely exceeds this multiple of the 99th percentile. */
    private static final int WAIT_FACTOR = 4;

    private PoolTuner() {}

    /**
     * Decides the settings.
     *
     * @param policy the allowed settings
     * @param current the settings of the running pods
     * @param samples measured under the current settings, oldest first
     * @param suspended whether a pod of the route leaks or is being remediated
     * @param now not before the last sample
     */
    public static TuningDecision decide(
            TuningPolicy policy, PoolSettings current, List<PoolDemand> samples, boolean suspended, Instant now) {
        if (suspended) {
            return new TuningDecision(
                    current, Outcome.BLOCKED_BY_RUN, "Tuning is suspended while a pod leaks or is being replaced.");
        }
        if (samples.stream().anyMatch(PoolDemand::leaking)) {
            return new TuningDecision(
                    current,
                    Outcome.BLOCKED_BY_LEAK,
                    "Tuning is suspended while exchanges leak connections or buffers: see the ledger.");
        }
        if (samples.isEmpty() || samples.getFirst().at().isAfter(now.minus(policy.window()))) {
            return new TuningDecision(
                    current,
                    Outcome.MEASURING,
                    "Measuring: tuning needs a full window of %s.".formatted(text(policy.window())));
        }
        Window window = Window.of(samples);
        if (window.peak() == 0) {
            return new TuningDecision(
                    current, Outcome.IDLE, "No connection was in use in the last %s.".formatted(text(policy.window())));
        }
        int connections = connections(policy, current.maxConnections(), window);
        Duration acquire = acquire(policy, current, window);
        PoolSettings recommended = new PoolSettings(connections, acquire);
        return new TuningDecision(
                recommended,
                recommended.equals(current) ? Outcome.UNCHANGED : Outcome.CHANGED,
                reason(policy, current, window, recommended));
    }

    private static int connections(TuningPolicy policy, int limit, Window window) {
        int target =
                policy.bounded((long) Math.ceil(window.atLimit() ? limit * GROWTH_FACTOR : window.peak() * HEADROOM));
        if (target > limit) {
            return target;
        }
        boolean worthwhile = window.complete() && target <= limit * SHRINK_THRESHOLD;
        return worthwhile ? target : policy.bounded(limit);
    }

    /** A longer timeout helps only if the pool cannot grow; a shorter one ends waits that would not succeed. */
    private static Duration acquire(TuningPolicy policy, PoolSettings current, Window window) {
        Duration acquireTimeout = current.acquireTimeout();
        if (window.acquireTimeouts() > 0) {
            boolean poolMayGrow = current.maxConnections() < policy.maxConnections();
            return policy.bounded(
                    poolMayGrow
                            ? acquireTimeout
                            : acquireTimeout.multipliedBy(3).dividedBy(2));
        }
        Duration enough = policy.bounded(window.acquireP99().multipliedBy(WAIT_FACTOR));
        boolean worthwhile = window.complete()
                && !window.acquireP99().isZero()
                && enough.multipliedBy(2).compareTo(acquireTimeout) <= 0;
        return policy.bounded(worthwhile ? enough : acquireTimeout);
    }

    private static String reason(TuningPolicy policy, PoolSettings current, Window window, PoolSettings recommended) {
        String measured =
                ("In the last %s, at most %d of %d connections to one endpoint were in use; the 99th percentile"
                                + " of the wait for a connection was %s, and %d requests timed out waiting.")
                        .formatted(
                                text(policy.window()),
                                window.peak(),
                                current.maxConnections(),
                                text(window.acquireP99()),
                                window.acquireTimeouts());
        return recommended.equals(current)
                ? measured + " The current settings fit."
                : measured
                        + " Recommended: %d connections and an acquire timeout of %s."
                                .formatted(recommended.maxConnections(), text(recommended.acquireTimeout()));
    }

    private static String text(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(10)) < 0
                ? duration.toMillis() + " ms"
                : duration.toSeconds() + " s";
    }

    private record Window(int peak, boolean atLimit, boolean complete, long acquireTimeouts, Duration acquireP99) {

        static Window of(List<PoolDemand> samples) {
            return new Window(
                    samples.stream().mapToInt(PoolDemand::peak).max().orElse(0),
                    samples.stream().anyMatch(PoolDemand::atLimit),
                    samples.stream().allMatch(PoolDemand::complete),
                    samples.stream().mapToLong(PoolDemand::acquireTimeouts).sum(),
                    samples.stream()
                            .map(PoolDemand::acquireP99)
                            .max(Duration::compareTo)
                            .orElse(Duration.ZERO));
        }
    }
}
