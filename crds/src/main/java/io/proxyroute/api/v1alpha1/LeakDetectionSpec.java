package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** The leak detector: on the live set, which is what a full collection leaves, on direct memory and on threads. */
@ApiType
@ValidationRule(
        value = "self.confirmations <= self.evaluations",
        message = "remediation.leakDetection.confirmations must be at most remediation.leakDetection.evaluations.",
        fieldPath = ".confirmations")
@ValidationRule(
        value = "duration(self.sampleInterval).getMilliseconds() >= 1000",
        message = "remediation.leakDetection.sampleInterval must be at least 1s: each sample stops the pod for a full"
                + " collection.",
        fieldPath = ".sampleInterval")
@ValidationRule(
        value = "self.minSamples * duration(self.sampleInterval).getMilliseconds() <="
                + " duration(self.window).getMilliseconds()",
        message = "remediation.leakDetection.window must hold minSamples samples: it must be at least minSamples x"
                + " sampleInterval.",
        fieldPath = ".window")
public record LeakDetectionSpec(
        @Default("true")
        @JsonPropertyDescription("Whether pods are judged: their live set, direct memory and threads. The live set is"
                + " measured while pods are judged, or a threshold is on it.")
        Boolean enabled,

        @Default("5m")
        @DurationFormat
        @JsonPropertyDescription(
                "How often a full collection measures the live set; it stops the pod for some milliseconds.")
        GatewayDuration sampleInterval,

        @Default("15m")
        @DurationFormat
        @JsonPropertyDescription("What a pod does in its first while is not judged; it starts over when the route's own"
                + " configuration changes.")
        GatewayDuration warmUp,

        @Default("1h")
        @DurationFormat
        @JsonPropertyDescription("Shortest stretch that is judged: growth counts when it goes on for at least this"
                + " long. The detector looks back as far as it has samples.")
        GatewayDuration window,

        @Default("8") @Min(4) @Max(1000) @JsonPropertyDescription("Nothing is judged on fewer samples.")
        Integer minSamples,

        @Default("4")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription("Judgements that are remembered, one for each new sample.")
        Integer evaluations,

        @Default("3")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription("How many of them must say leak before it is confirmed.")
        Integer confirmations,

        @Default("4")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Growth over the window that counts, in percent of the limit.")
        Integer minGrowthPercent,

        @Default("24h")
        @DurationFormat
        @JsonPropertyDescription("A leak that would take longer than this to exhaust the heap is none.")
        GatewayDuration horizon,

        @Default("2h")
        @DurationFormat
        @JsonPropertyDescription(
                "A confirmed leak is acted on once the pod must be replaced within this time, or sooner"
                        + " where so many leak that they would not all be replaced in time, one after the other. Until"
                        + " then it is told; what only looked like a leak has time to end.")
        GatewayDuration actWithin,

        @Default("10000")
        @Min(100)
        @Max(10000000)
        @JsonPropertyDescription("Virtual threads that count as exhausted, since the JVM sets no limit.")
        Integer maxVirtualThreads,

        @Default("2000") @Min(100) @Max(100000) @JsonPropertyDescription("Platform threads that count as exhausted.")
        Integer maxThreads) {

    static final LeakDetectionSpec DEFAULT =
            new LeakDetectionSpec(null, null, null, null, null, null, null, null, null, null, null, null);

    public LeakDetectionSpec {
        enabled = Absent.or(enabled, true);
        sampleInterval = Absent.or(sampleInterval, "5m");
        warmUp = Absent.or(warmUp, "15m");
        window = Absent.or(window, "1h");
        minSamples = Absent.or(minSamples, 8);
        evaluations = Absent.or(evaluations, 4);
        confirmations = Absent.or(confirmations, 3);
        minGrowthPercent = Absent.or(minGrowthPercent, 4);
        horizon = Absent.or(horizon, "24h");
        actWithin = Absent.or(actWithin, "2h");
        maxVirtualThreads = Absent.or(maxVirtualThreads, 10_000);
        maxThreads = Absent.or(maxThreads, 2_000);
    }
}
