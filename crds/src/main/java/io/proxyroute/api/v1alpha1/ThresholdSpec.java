package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A limit of the user's on one measure of a pod. */
@ApiType
@ValidationRule(
        value = "has(self.above) != has(self.growthPerMinute)",
        message = "remediation.thresholds[] must have exactly one of above and growthPerMinute.")
@ValidationRule(
        value = "!has(self.above) || !(self.metric in ['Heap', 'LiveSet', 'PoolInUse']) || self.above < 100.0",
        message =
                "remediation.thresholds[].above must be under 100 for Heap, LiveSet and PoolInUse, which are percent.",
        fieldPath = ".above")
public record ThresholdSpec(
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Names the threshold in Events and reports; the metric's name when left out.")
        String name,

        @Required
        @JsonPropertyDescription(
                "Heap: used heap, garbage included, in percent of its limit. LiveSet: what a full collection left,"
                        + " in percent of the heap's limit. Threads: platform threads. VirtualThreads: virtual"
                        + " threads of filters. Connections: open client connections. PoolInUse: leased"
                        + " connections of the fullest backend, in percent of what the pool allows.")
        Metric metric,

        @Min(0)
        @Max(1e12)
        @JsonPropertyDescription("The pod is suspect while the metric is over this, in the metric's unit.")
        Double above,

        @Min(value = 0, inclusive = false)
        @Max(1e12)
        @JsonPropertyDescription(
                "The pod is suspect while the metric grows by more than this a minute, in the metric's unit.")
        Double growthPerMinute,

        @JsonProperty("for")
        @Default("5m")
        @DurationFormat
        @JsonPropertyDescription(
                "How long without a break before the suspicion is confirmed. A LiveSet is measured once"
                        + " each leakDetection.sampleInterval, and three measurements in a row must agree, however short"
                        + " this is.")
        GatewayDuration duration,

        @Default("Replace")
        @JsonPropertyDescription(
                "Most that is done, within remediation.mode. Observe: condition and Event. Recommend: also"
                        + " evidence and a recommendation. Replace: the pod is replaced.")
        Action action) {

    public ThresholdSpec {
        duration = Absent.or(duration, "5m");
        action = Absent.or(action, Action.Replace);
    }

    /** What can be limited. */
    public enum Metric {
        Heap,
        LiveSet,
        Threads,
        VirtualThreads,
        Connections,
        PoolInUse
    }

    /** Most that is done about a breach. */
    public enum Action {
        Observe,
        Recommend,
        Replace
    }
}
