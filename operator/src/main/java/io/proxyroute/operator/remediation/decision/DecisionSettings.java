package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.Durations;
import io.proxyroute.operator.remediation.detection.LeakSettings;
import java.time.Duration;
import java.util.List;

/**
 * What the user set for acting.
 *
 * @param detection what is watched for
 * @param minHealthyPercent of the wanted pods, without the one that is replaced
 * @param maxActionsPerHour of this route: pods detached, whether they were evicted or put back
 * @param maxActionsPerHourInCluster of all routes together
 * @param maxSuspectPercent more pods than this in breach of thresholds are only observed
 * @param cooldown after a run
 * @param maxCooldown it doubles up to this, with each run in a row that was ineffective, or that put its pod back
 * @param blackouts when nothing is touched
 * @param captureTimeout what collecting evidence may take
 * @param surgeTimeout what a replacement may take to be ready
 * @param evictionBackoff after the disruption budget said no; doubles
 * @param evictionTimeout how long an eviction is tried
 * @param verifySamples good samples of the replacement that prove it
 * @param verifyTimeout how long the proof may take once the replacement's warm-up is over and it was measured once
 */
public record DecisionSettings(
        DetectionSettings detection,
        int minHealthyPercent,
        int maxActionsPerHour,
        int maxActionsPerHourInCluster,
        int maxSuspectPercent,
        Duration cooldown,
        Duration maxCooldown,
        List<Blackout> blackouts,
        Duration captureTimeout,
        Duration surgeTimeout,
        Duration evictionBackoff,
        Duration evictionTimeout,
        int verifySamples,
        Duration verifyTimeout) {

    /** The stretch of time in which actions are counted. */
    public static final Duration WINDOW = Duration.ofHours(1);

    public DecisionSettings {
        blackouts = List.copyOf(blackouts);
    }

    /**
     * How long before its latest safe moment a leaking pod is acted on: as the user says, or longer where so many leak
     * that they would not all be replaced in time, one after the other, with a rest after each. Never longer than the leak
     * test looks ahead.
     */
    Duration actWithin(long leakingPods) {
        LeakSettings leak = detection.leak();
        Duration run = leak.drainAndWarmUp()
                .plus(leak.warmUp())
                .plus(leak.samplingInterval())
                .plus(cooldown);
        Duration each = Durations.longer(run, WINDOW.dividedBy(maxActionsPerHour));
        return Durations.longer(leak.actWithin(), Durations.shorter(each.multipliedBy(leakingPods), leak.horizon()));
    }

    /** What the leak test takes at the most to find again, in a new pod, what it found in the old one. */
    Duration timeToFindAgain() {
        LeakSettings leak = detection.leak();
        return leak.warmUp().plus(leak.window()).plus(leak.evaluationInterval().multipliedBy(leak.evaluations()));
    }
}
