package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** Who sets the number of pods, and by what measure. */
@ApiType
@ValidationRule(
        value = "self.min <= self.max",
        message = "autoscaling.min must be at most autoscaling.max.",
        fieldPath = ".min")
@ValidationRule(
        value = "duration(self.interval).getMilliseconds() >= 100",
        message = "autoscaling.interval must be at least 100ms.",
        fieldPath = ".interval")
@ValidationRule(
        value = "duration(self.scaleUpStabilization).getMilliseconds() <= 1000 *"
                + " duration(self.interval).getMilliseconds()",
        message = "autoscaling.scaleUpStabilization must be at most 1000 x autoscaling.interval: that many numbers are"
                + " kept.",
        fieldPath = ".scaleUpStabilization")
@ValidationRule(
        value = "duration(self.scaleDownStabilization).getMilliseconds() <= 1000 *"
                + " duration(self.interval).getMilliseconds()",
        message = "autoscaling.scaleDownStabilization must be at most 1000 x autoscaling.interval: that many numbers"
                + " are kept.",
        fieldPath = ".scaleDownStabilization")
public record AutoscalingSpec(
        @Default("Disabled")
        @JsonPropertyDescription(
                "Disabled: proxy.replicas sets the number of pods. Operator: the operator scales to meet targets."
                        + " External: another controller scales the Deployment, for example a HorizontalPodAutoscaler;"
                        + " the operator does not change its replicas.")
        Mode mode,

        @Default("1") @Min(1) @Max(500) @JsonPropertyDescription("Fewest pods; mode Operator only.")
        Integer min,

        @Default("10") @Min(1) @Max(500) @JsonPropertyDescription("Most pods; mode Operator only.")
        Integer max,

        @JsonPropertyDescription("What a pod should carry.") Targets targets,

        @Default("15s") @DurationFormat @JsonPropertyDescription("How often the number is thought over.")
        GatewayDuration interval,

        @Default("0s")
        @DurationFormat
        @JsonPropertyDescription("How long more pods must have been wanted before any is added.")
        GatewayDuration scaleUpStabilization,

        @Default("5m")
        @DurationFormat
        @JsonPropertyDescription("How long fewer pods must have been enough before any is removed.")
        GatewayDuration scaleDownStabilization,

        @Default("10")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Deviation from the target that changes nothing, in percent.")
        Integer tolerancePercent) {

    static final AutoscalingSpec DEFAULT = new AutoscalingSpec(null, null, null, null, null, null, null, null);

    public AutoscalingSpec {
        mode = Absent.or(mode, Mode.Disabled);
        min = Absent.or(min, 1);
        max = Absent.or(max, 10);
        targets = Absent.or(targets, Targets.DEFAULT);
        interval = Absent.or(interval, "15s");
        scaleUpStabilization = Absent.or(scaleUpStabilization, "0s");
        scaleDownStabilization = Absent.or(scaleDownStabilization, "5m");
        tolerancePercent = Absent.or(tolerancePercent, 10);
    }

    /** Who sets the number of pods. */
    public enum Mode {
        Disabled,
        Operator,
        External
    }

    /** What a pod should carry. */
    @ApiType
    public record Targets(
            @Default("1000") @Min(1) @Max(1000000) @JsonPropertyDescription("Open client connections of a pod.")
            Integer connections) {

        static final Targets DEFAULT = new Targets(null);

        public Targets {
            connections = Absent.or(connections, 1000);
        }
    }
}
