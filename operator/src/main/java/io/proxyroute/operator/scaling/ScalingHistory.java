package io.proxyroute.operator.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/**
 * Recent recommendations. The history starts with the current number of pods, so that a new leader waits for a full
 * window before it removes pods.
 *
 * @param recommendations oldest first
 */
public record ScalingHistory(List<Recommendation> recommendations) {

    /** No recommendations yet. */
    public static final ScalingHistory EMPTY = new ScalingHistory(List.of());

    public ScalingHistory {
        recommendations = List.copyOf(recommendations);
    }

    /**
     * The number of pods recommended at one time.
     *
     * @param at time of the recommendation
     * @param replicas within the bounds at that time
     */
    public record Recommendation(Instant at, int replicas) {}

    static ScalingHistory startingWith(Instant now, int replicas) {
        return new ScalingHistory(List.of(new Recommendation(now, replicas)));
    }

    ScalingHistory with(Instant now, int replicas, Duration retention) {
        Instant horizon = now.minus(retention);
        return new ScalingHistory(Stream.concat(
                        recommendations.stream().filter(each -> each.at().isAfter(horizon)),
                        Stream.of(new Recommendation(now, replicas)))
                .toList());
    }

    /** Combines the latest recommendation with all others in the window before {@code now}. */
    int fold(Instant now, Duration window, IntBinaryOperator operator) {
        Instant start = now.minus(window);
        return recommendations.stream()
                .filter(each -> each.at().isAfter(start))
                .mapToInt(Recommendation::replicas)
                .reduce(recommendations.getLast().replicas(), operator);
    }
}
