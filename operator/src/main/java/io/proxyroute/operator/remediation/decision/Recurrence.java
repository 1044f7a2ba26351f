package io.proxyroute.operator.remediation.decision;

import java.time.Duration;
import java.util.List;

/** Whether what was replaced leaks again, and how much longer to rest for it. */
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
        Duration cooldowns = earlier.cooldown().multipliedBy(3);
        Duration memory = cooldowns.compareTo(timeToFindAgain) > 0 ? cooldowns : timeToFindAgain;
        return !later.startedAt().isAfter(earlier.actedAt().plus(memory));
    }

    /** The rest after a run that follows so many ineffective ones. */
    static Duration cooldown(int timesIneffective, DecisionSettings settings) {
        Duration doubled = settings.cooldown().multipliedBy(1L << Math.min(20, timesIneffective));
        return doubled.compareTo(settings.maxCooldown()) > 0 ? settings.maxCooldown() : doubled;
    }
}
