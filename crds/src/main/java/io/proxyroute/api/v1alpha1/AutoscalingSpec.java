package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** How the number of pods is set. */
@ApiType
@ValidationRule(
        value = "!has(self.min) || !has(self.max) || self.min > 500 || self.max < 1 || self.min <= self.max",
        message = "autoscaling.min must be at most autoscaling.max: change one of them.",
        fieldPath = ".min")
@ValidationRule(
        value = "!valid(self.interval) || ms(self.interval) >= 100",
        messageExpression = "'autoscaling.interval is ' + self.interval + ', but must be at least 100ms.'",
        message = "autoscaling.interval must be at least 100ms.",
        fieldPath = ".interval")
@ValidationRule(
        value =
                "!has(self.scaleUpStabilization) || !valid(self.scaleUpStabilization) || !valid(self.interval) || ms(self.interval) < 100 ||"
                        + " ms(self.scaleUpStabilization) <= 1000 * ms(self.interval)",
        messageExpression =
                "'autoscaling.scaleUpStabilization is ' + self.scaleUpStabilization + ', but must be at most 1000 times autoscaling.interval, which is '"
                        + " + shown(self.interval, '15s') + ': the operator keeps 1000 evaluations. Lower it, or raise interval.'",
        message = "autoscaling.scaleUpStabilization must be at most 1000 x autoscaling.interval: the operator"
                + " keeps 1000 evaluations.",
        fieldPath = ".scaleUpStabilization")
@ValidationRule(
        value =
                "!has(self.scaleDownStabilization) || !valid(self.scaleDownStabilization) || !valid(self.interval) || ms(self.interval) < 100 ||"
                        + " ms(self.scaleDownStabilization) <= 1000 * ms(self.interval)",
        messageExpression =
                "'autoscaling.scaleDownStabilization is ' + self.scaleDownStabilization + ', but must be at most 1000 times autoscaling.interval, which is '"
                        + " + shown(self.interval, '15s') + ': the operator keeps 1000 evaluations. Lower it, or raise interval.'",
        message = "autoscaling.scaleDownStabilization must be at most 1000 x autoscaling.interval: the operator"
                + " keeps 1000 evaluations.",
        fieldPath = ".scaleDownStabilization")
public record AutoscalingSpec(
        @Default("Disabled")
        @JsonPropertyDescription(
                "Disabled: proxy.replicas sets the number of pods. Operator: the operator scales to meet targets."
                        + " External: another controller scales the Deployment, for example a HorizontalPodAutoscaler;"
                        + " the operator does not change its replicas.")
        Mode mode,

        @Min(1)
        @Max(500)
        @JsonPropertyDescription("Minimum number of pods; used in mode Operator only. 1 when omitted.")
        Integer min,

        @Min(1)
        @Max(500)
        @JsonPropertyDescription(
                "Maximum number of pods; used in mode Operator only. When omitted, the higher of 10 and min.")
        Integer max,

        @JsonPropertyDescription("Target load of one pod; used in mode Operator only.")
        Targets targets,

        @Default("15s") @DurationFormat @JsonPropertyDescription("How often the number of pods is evaluated.")
        GatewayDuration interval,

        @Default("0s")
        @DurationFormat
        @JsonPropertyDescription("How long more pods must have been needed before pods are added.")
        GatewayDuration scaleUpStabilization,

        @DurationFormat
        @JsonPropertyDescription(
                "How long fewer pods must have sufficed before pods are removed. When omitted, the lower of 5m and 1000 x"
                        + " interval.")
        GatewayDuration scaleDownStabilization,

        @Default("10")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Deviation from the target, as a percentage, that does not change the number of pods.")
        Integer tolerancePercent) {

    static final AutoscalingSpec DEFAULT = new AutoscalingSpec(null, null, null, null, null, null, null, null);

    public AutoscalingSpec {
        mode = Defaults.orElse(mode, Mode.Disabled);
        min = Defaults.orElse(min, 1);
        max = Defaults.orElse(max, Math.max(10, min));
        targets = Defaults.orElse(targets, Targets.DEFAULT);
        interval = Defaults.orElse(interval, "15s");
        scaleUpStabilization = Defaults.orElse(scaleUpStabilization, "0s");
        scaleDownStabilization = scaleDownStabilization != null
                ? scaleDownStabilization
                : GatewayDuration.min(new GatewayDuration("5m"), interval.multipliedBy(1000));
        tolerancePercent = Defaults.orElse(tolerancePercent, 10);
    }

    /** Which component sets the number of pods. */
    public enum Mode {
        Disabled,
        Operator,
        External
    }

    /** Target load of one pod. */
    @ApiType
    public record Targets(
            @Default("1000") @Min(1) @Max(1000000) @JsonPropertyDescription("Open client connections per pod.")
            Integer connections) {

        static final Targets DEFAULT = new Targets(null);

        public Targets {
            connections = Defaults.orElse(connections, 1000);
        }
    }
}
