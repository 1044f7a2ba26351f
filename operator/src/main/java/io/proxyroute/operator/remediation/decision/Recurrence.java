package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether what was replaced leaks again, or was detached in vain, and how much longer to rest for it. */
final class Recurrence {

    private Recurrence() {}

    /**
     * How many runs in a row, up to this one, found the same cause again in the pod that the one before had started,
     * within three of its cooldowns, or as soon as it could be found at all. Other pods that leak too are no failure of a
     * run.
     */
    static int timesIneffective(Run run, List<Run> runs, DecisionSettings settings) {
        int times = 0;
        Run later = run;
        for (Run earlier : runs.reversed()) {
            if (earlier.number() >= later.number()) {
                continue;
            }
            boolean ownReplacement = earlier.replacement() != null
                    && earlier.replacement().podUid().equals(later.podUid());
            if (ownReplacement
                    && earlier.cause().sameAs(later.cause())
                    && earlier.actedAt() != null
                    && startedWithin(later, earlier, settings.timeToFindAgain())) {
                times++;
                later = earlier;
            }
        }
        return times;
    }

    private static boolean startedWithin(Run later, Run earlier, Duration timeToFindAgain) {
        Duration memory = Durations.longer(earlier.cooldown().multipliedBy(3), timeToFindAgain);
        return !later.startedAt().isAfter(earlier.actedAt().plus(memory));
    }

    /** The rest after a run: twice as long for each ineffective one before it, or for one that was in vain. */
    static Duration cooldown(Run run, List<Run> runs, DecisionSettings settings) {
        int times = timesIneffective(run, runs, settings);
        Duration afterIneffective = settings.cooldown().multipliedBy(1L << Math.min(20, times));
        Duration afterVain = lastInVain(run, runs)
                .map(earlier -> earlier.cooldown().multipliedBy(2))
                .orElse(Duration.ZERO);
        return Durations.shorter(Durations.longer(afterVain, afterIneffective), settings.maxCooldown());
    }

    /**
     * The newest run about the same cause in this pod, or in the one that its surge replaced, if it put its pod back and
     * that was within three of its cooldowns, with the hour on top that the route may have waited for its next action. A
     * surge takes load off a pod and may end the finding for as long as it lasts: without this, it would begin anew for
     * ever.
     */
    private static Optional<Run> lastInVain(Run run, List<Run> runs) {
        return runs.reversed().stream()
                .filter(earlier -> earlier.number() < run.number()
                        && earlier.cause().sameAs(run.cause())
                        && earlier.touchedAt().isPresent()
                        && (earlier.podUid().equals(run.podUid()) || isYounger(run, earlier)))
                .findFirst()
                .filter(earlier -> earlier.state() instanceof State.Done(Instant ended, Outcome outcome)
                        && outcome == Outcome.ABORTED
                        && !run.startedAt()
                                .isAfter(ended.plus(earlier.cooldown().multipliedBy(3))
                                        .plus(DecisionSettings.WINDOW)));
    }

    /** Whether the pod's process came after the earlier run began; which pod its surge brought is not written down. */
    private static boolean isYounger(Run run, Run earlier) {
        return run.processStartedAt() != null && !run.processStartedAt().isBefore(earlier.startedAt());
    }
}
