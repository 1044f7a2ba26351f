package io.proxyroute.operator.tuning;

import io.proxyroute.operator.tuning.TuningDecision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Decides the pool's size per endpoint and how long a request waits for a connection, from a whole window of
 * measurements under the settings in force. Three steps keep it calm: a window must be full, growth is bounded by half
 * of what there is, and small improvements are not worth a change.
 *
 * <p>While exchanges leak or a RemediationRun is open nothing changes: a leak must not be fed, and what is measured then
 * is not the traffic.
 */
public final class PoolTuner {

    /** Connections beyond the highest number seen in use. */
    private static final double SPARE = 1.25;

    /** At the limit the demand cannot be seen, so the limit is raised by this. */
    private static final double STEP = 1.5;

    /** A pool is made smaller only when this share of it would do. */
    private static final double WORTHWHILE = 0.75;

    /** A wait that succeeds is seldom longer than this many times the 99th percentile. */
    private static final int PATIENCE = 4;

    private PoolTuner() {}

    /**
     * Decides.
     *
     * @param policy what is allowed
     * @param inForce what the pods run with
     * @param looks measured under these settings, oldest first
     * @param runOpen whether a pod of the route is being remediated
     * @param now not before the last look
     */
    public static TuningDecision decide(
            TuningPolicy policy, PoolSettings inForce, List<PoolDemand> looks, boolean runOpen, Instant now) {
        if (runOpen) {
            return new TuningDecision(
                    inForce, Outcome.BLOCKED_BY_RUN, "Nothing is changed while a pod leaks or is being replaced.");
        }
        if (looks.stream().anyMatch(PoolDemand::leaking)) {
            return new TuningDecision(
                    inForce,
                    Outcome.BLOCKED_BY_LEAK,
                    "Nothing is changed while exchanges leave connections or buffers behind: see the ledger.");
        }
        if (looks.isEmpty() || looks.getFirst().at().isAfter(now.minus(policy.window()))) {
            return new TuningDecision(
                    inForce,
                    Outcome.MEASURING,
                    "Measuring: nothing is changed before a whole window of %s is there."
                            .formatted(text(policy.window())));
        }
        Window window = Window.of(looks);
        if (window.peak() == 0) {
            return new TuningDecision(
                    inForce, Outcome.IDLE, "No connection was in use in the last %s.".formatted(text(policy.window())));
        }
        int connections = connections(policy, inForce.connections(), window);
        Duration acquire = acquire(policy, inForce, window);
        PoolSettings better = new PoolSettings(connections, acquire);
        return new TuningDecision(
                better,
                better.equals(inForce) ? Outcome.UNCHANGED : Outcome.CHANGED,
                reason(policy, inForce, window, better));
    }

    private static int connections(TuningPolicy policy, int limit, Window window) {
        int wanted = policy.bounded((long) Math.ceil(window.atLimit() ? limit * STEP : window.peak() * SPARE));
        if (wanted > limit) {
            return wanted;
        }
        boolean worthwhile = window.complete() && wanted <= limit * WORTHWHILE;
        return worthwhile ? wanted : policy.bounded(limit);
    }

    /** Waiting longer helps only where the pool may not grow; waiting in vain is cut short where it never helps. */
    private static Duration acquire(TuningPolicy policy, PoolSettings inForce, Window window) {
        Duration present = inForce.acquire();
        if (window.acquireTimeouts() > 0) {
            boolean poolMayGrow = inForce.connections() < policy.maxConnections();
            return policy.bounded(
                    poolMayGrow ? present : present.multipliedBy(3).dividedBy(2));
        }
        Duration enough = policy.bounded(window.acquireP99().multipliedBy(PATIENCE));
        boolean worthwhile = window.complete()
                && !window.acquireP99().isZero()
                && enough.multipliedBy(2).compareTo(present) <= 0;
        return policy.bounded(worthwhile ? enough : present);
    }

    private static String reason(TuningPolicy policy, PoolSettings inForce, Window window, PoolSettings better) {
        String seen =
                "In the last %s at most %d connections to one endpoint were in use at once, of %d allowed; the 99th percentile of the wait for one was %s, and %d requests waited in vain."
                        .formatted(
                                text(policy.window()),
                                window.peak(),
                                inForce.connections(),
                                text(window.acquireP99()),
                                window.acquireTimeouts());
        return better.equals(inForce)
                ? seen + " That fits."
                : seen
                        + " So %d connections and a wait of at most %s are better."
                                .formatted(better.connections(), text(better.acquire()));
    }

    private static String text(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(10)) < 0
                ? duration.toMillis() + " ms"
                : duration.toSeconds() + " s";
    }

    private record Window(int peak, boolean atLimit, boolean complete, long acquireTimeouts, Duration acquireP99) {

        static Window of(List<PoolDemand> looks) {
            return new Window(
                    looks.stream().mapToInt(PoolDemand::peak).max().orElse(0),
                    looks.stream().anyMatch(PoolDemand::atLimit),
                    looks.stream().allMatch(PoolDemand::complete),
                    looks.stream().mapToLong(PoolDemand::acquireTimeouts).sum(),
                    looks.stream()
                            .map(PoolDemand::acquireP99)
                            .max(Duration::compareTo)
                            .orElse(Duration.ZERO));
        }
    }
}
