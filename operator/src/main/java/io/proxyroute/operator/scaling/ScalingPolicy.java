package io.proxyroute.operator.scaling;

import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import java.time.Duration;

/**
 * What a user wants of scaling.
 *
 * @param min fewest pods
 * @param max most pods; at least {@code min}
 * @param connectionsPerPod what a pod should carry; at least 1
 * @param tolerance deviation from it that changes nothing, as a fraction
 * @param scaleUpStabilization how long more pods must have been wanted
 * @param scaleDownStabilization how long fewer pods must have been enough
 */
public record ScalingPolicy(
        int min,
        int max,
        int connectionsPerPod,
        double tolerance,
        Duration scaleUpStabilization,
        Duration scaleDownStabilization) {

    /** Reads the API's settings. */
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

    Duration memory() {
        return scaleUpStabilization.compareTo(scaleDownStabilization) > 0
                ? scaleUpStabilization
                : scaleDownStabilization;
    }
}
