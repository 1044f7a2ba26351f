package io.proxyroute.operator.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/**
 * What was wanted lately. It begins with the number found, so that a new leader waits for a whole window of its own
 * before it takes pods away.
 *
 * @param wanted oldest first
 */
public record ScalingHistory(List<Wanted> wanted) {

    /** Nothing known yet. */
    public static final ScalingHistory EMPTY = new ScalingHistory(List.of());

    public ScalingHistory {
        wanted = List.copyOf(wanted);
    }

    /**
     * What was wanted at one moment.
     *
     * @param at the moment
     * @param replicas within the bounds of then
     */
    public record Wanted(Instant at, int replicas) {}

    static ScalingHistory beginningWith(Instant now, int replicas) {
        return new ScalingHistory(List.of(new Wanted(now, replicas)));
    }

    ScalingHistory and(Instant now, int replicas, Duration memory) {
        Instant horizon = now.minus(memory);
        return new ScalingHistory(Stream.concat(
                        wanted.stream().filter(each -> each.at().isAfter(horizon)),
                        Stream.of(new Wanted(now, replicas)))
                .toList());
    }

    /** Folds the newest with all others of the window before it. */
    int over(Instant now, Duration window, IntBinaryOperator fold) {
        Instant begin = now.minus(window);
        return wanted.stream()
                .filter(each -> each.at().isAfter(begin))
                .mapToInt(Wanted::replicas)
                .reduce(wanted.getLast().replicas(), fold);
    }
}
