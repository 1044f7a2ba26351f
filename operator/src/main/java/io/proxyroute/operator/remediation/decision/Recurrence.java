package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Detects runs that did not help, and extends the cooldown after them. */
final class Recurrence {

    private Recurrence() {}

    /**
     * How many consecutive runs, up to this one, found the same cause in the pod that the previous run had started,
     * within three of its cooldowns or as soon as the leak test could find it. Other pods that leak too do not count.
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
        Duration memory = Durations.max(earlier.cooldown().multipliedBy(3), timeToFindAgain);
        return !later.startedAt().isAfter(earlier.actedAt().plus(memory));
    }

    /** The cooldown of a run: doubled for each ineffective run before it, or after one that reattached its pod. */
    static Duration cooldown(Run run, List<Run> runs, DecisionSettings settings) {
        int times = timesIneffective(run, runs, settings);
        Duration afterIneffective = settings.guard().cooldown().multipliedBy(1L << Math.min(20, times));
        Duration afterAborted = lastAborted(run, runs)
                .map(earlier -> earlier.cooldown().multipliedBy(2))
                .orElse(Duration.ZERO);
        return Durations.min(
                Durations.max(afterAborted, afterIneffective), settings.guard().maxCooldown());
    }

    /**
     * The newest run about the same cause in this pod, or in the pod that the surge of that run started, if it
     * reattached its pod and ended within three of its cooldowns plus the hour that the route may have waited for its
     * next action. A surge reduces the load of a pod and may end the finding while it lasts; without this rule,
     * detaching would never end.
     */
    private static Optional<Run> lastAborted(Run run, List<Run> runs) {
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

    /** Whether the pod's process started after the earlier run; the pod that its surge started is not recorded. */
    private static boolean isYounger(Run run, Run earlier) {
        return run.processStartedAt() != null && !run.processStartedAt().isBefore(earlier.startedAt());
    }
}
