package io.proxyroute.operator.scaling;

import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import java.time.Duration;

/**
 * The user's settings for scaling.
 *
 * @param min minimum number of pods
 * @param max maximum number of pods; at least {@code min}
 * @param connectionsPerPod target load of a pod; at least 1
 * @param tolerance deviation from the target that does not change the number, as a fraction
 * @param scaleUpStabilization how long more pods must have been recommended
 * @param scaleDownStabilization how long fewer pods must have been recommended
 */
public record ScalingPolicy(
        int min,
        int max,
        int connectionsPerPod,
        double tolerance,
        Duration scaleUpStabilization,
        Duration scaleDownStabilization) {

    /** Converts the API's settings. */
    public static ScalingPolicy of(AutoscalingSpec spec) {
        return new ScalingPolicy(
                spec.min(),
                spec.max(),
                spec.targets().connections(),
                spec.tolerancePercent() / 100.0,
                spec.scaleUpStabilization().toJava(),
                spec.scaleDownStabilization().toJava());
    }

    int bounded(long replicas) {
        return Math.clamp(replicas, min, max);
    }

    Duration retention() {
        return scaleUpStabilization.compareTo(scaleDownStabilization) > 0
                ? scaleUpStabilization
                : scaleDownStabilization;
    }
}
