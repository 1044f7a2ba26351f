package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.Durations;
import io.proxyroute.operator.remediation.detection.LeakSettings;
import java.time.Duration;
import java.util.List;

/**
 * The user's settings for runs, grouped as in {@code spec.remediation}.
 *
 * @param detection what is monitored
 * @param guard what must hold before a pod is touched
 * @param captureTimeout timeout for collecting evidence
 * @param surgeTimeout timeout until a replacement is ready
 * @param eviction how an eviction is retried
 * @param verify when a replacement counts as healthy
 */
public record DecisionSettings(
        DetectionSettings detection,
        GuardSettings guard,
        Duration captureTimeout,
        Duration surgeTimeout,
        Eviction eviction,
        Verify verify) {

    /** The window in which actions are counted. */
    public static final Duration WINDOW = Duration.ofHours(1);

    /**
     * Limits of the guard.
     *
     * @param minHealthyPercent percentage of the desired pods that must be ready, not counting the pod to replace
     * @param maxSuspectPercent if more pods than this breach thresholds, they are only observed
     * @param maxActionsPerHour limit for this route; counts detached pods, whether they were then evicted or reattached
     * @param maxActionsPerHourInCluster limit for all routes together
     * @param cooldown pause after a run
     * @param maxCooldown upper bound of the cooldown, which doubles with each consecutive run that was ineffective or
     *     reattached its pod
     * @param blackouts times without any action
     */
    public record GuardSettings(
            int minHealthyPercent,
            int maxSuspectPercent,
            int maxActionsPerHour,
            int maxActionsPerHourInCluster,
            Duration cooldown,
            Duration maxCooldown,
            List<Blackout> blackouts) {

        public GuardSettings {
            blackouts = List.copyOf(blackouts);
        }
    }

    /**
     * How an eviction is retried.
     *
     * @param backoff after the disruption budget refused it; doubles
     * @param timeout limit for all attempts together
     */
    public record Eviction(Duration backoff, Duration timeout) {}

    /**
     * When a replacement counts as healthy.
     *
     * @param samples required clean samples
     * @param timeout limit for these samples; it starts when the replacement has warmed up and was measured once
     */
    public record Verify(int samples, Duration timeout) {}

    /**
     * How long before its latest safe moment a leaking pod is replaced: as configured, or longer if so many pods leak
     * that they could not all be replaced in time, one after the other with a cooldown after each. Never longer than
     * the horizon of the leak test.
     */
    Duration actWithin(long leakingPods) {
        LeakSettings leak = detection.leak();
        Duration run = leak.urgency()
                .drainAndWarmUp()
                .plus(leak.warmUp())
                .plus(leak.samplingInterval())
                .plus(guard.cooldown());
        Duration each = Durations.max(run, WINDOW.dividedBy(guard.maxActionsPerHour()));
        Duration all =
                Durations.min(each.multipliedBy(leakingPods), leak.urgency().horizon());
        return Durations.max(leak.urgency().actWithin(), all);
    }

    /** The longest time in which the leak test finds in a new pod what it found in the old one. */
    Duration timeToFindAgain() {
        LeakSettings leak = detection.leak();
        return leak.warmUp()
                .plus(leak.window())
                .plus(leak.evaluationInterval().multipliedBy(leak.confirmation().evaluations()));
    }
}
