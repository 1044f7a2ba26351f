package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A user-defined limit on one metric of a pod. */
@ApiType
@ValidationRule(
        value = "has(self.above) != has(self.growthPerMinute)",
        message = "remediation.thresholds[] must set exactly one of above and growthPerMinute.")
@ValidationRule(
        value = "!has(self.above) || !(self.metric in ['Heap', 'LiveSet', 'PoolInUse']) || self.above < 100.0",
        message = "remediation.thresholds[].above must be less than 100 for Heap, LiveSet and PoolInUse, which"
                + " are percentages.",
        fieldPath = ".above")
public record ThresholdSpec(
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Name of the threshold in Events and reports; defaults to the metric.")
        String name,

        @Required
        @JsonPropertyDescription(
                "Heap: used heap including garbage, as a percentage of its limit. LiveSet: heap in use after a"
                        + " full collection, as a percentage of the heap limit. Threads: platform threads."
                        + " VirtualThreads: virtual threads of filters. Connections: open client connections. PoolInUse:"
                        + " leased connections to the busiest backend, as a percentage of the pool's limit.")
        Metric metric,

        @Min(0)
        @Max(1e12)
        @JsonPropertyDescription("The pod is suspect while the metric is above this value, in the unit of the metric.")
        Double above,

        @Min(value = 0, inclusive = false)
        @Max(1e12)
        @JsonPropertyDescription(
                "The pod is suspect while the metric grows by more than this per minute, in the unit of the"
                        + " metric.")
        Double growthPerMinute,

        @JsonProperty("for")
        @DurationFormat
        @JsonPropertyDescription(
                "How long the breach must last without interruption to be confirmed; 5m when omitted. LiveSet is measured once"
                        + " per leakDetection.sampleInterval, and a breach needs three measurements in a row, even if"
                        + " this is shorter.")
        GatewayDuration duration,

        @JsonPropertyDescription(
                "Strongest action for this threshold, limited by remediation.mode; Replace when omitted. Observe: a condition and an"
                        + " Event. Recommend: also evidence and a recommendation. Replace: the pod is replaced.")
        Action action) {

    public ThresholdSpec {
        duration = Defaults.orElse(duration, "5m");
        action = Defaults.orElse(action, Action.Replace);
    }

    /** Metrics that can be limited. */
    public enum Metric {
        Heap,
        LiveSet,
        Threads,
        VirtualThreads,
        Connections,
        PoolInUse
    }

    /** The strongest action for a breach. */
    public enum Action {
        Observe,
        Recommend,
        Replace
    }
}
