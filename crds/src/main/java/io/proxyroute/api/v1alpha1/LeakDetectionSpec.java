package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * The leak detector. It evaluates the live set (the heap in use after a full collection), direct memory and threads.
 */
@ApiType
@ValidationRule(
        value = "!has(self.confirmations) || self.evaluations < 1 || self.confirmations > 20 || self.confirmations <="
                + " self.evaluations",
        message =
                "remediation.leakDetection.confirmations must be at most remediation.leakDetection.evaluations, which is"
                        + " 4 by default: lower it, or raise evaluations.",
        fieldPath = ".confirmations")
@ValidationRule(
        value = "!valid(self.sampleInterval) || ms(self.sampleInterval) >= 1000",
        messageExpression =
                "'remediation.leakDetection.sampleInterval is ' + self.sampleInterval + ', but must be at least"
                        + " 1s: each sample pauses the pod for a full collection.'",
        message = "remediation.leakDetection.sampleInterval must be at least 1s: each sample pauses the pod for"
                + " a full collection.",
        fieldPath = ".sampleInterval")
@ValidationRule(
        value = "!has(self.window) || !valid(self.window) || !valid(self.sampleInterval) || self.minSamples < 4 ||"
                + " self.minSamples > 1000 || self.minSamples * ms(self.sampleInterval) <= ms(self.window)",
        message = "remediation.leakDetection.window must be at least minSamples (8 by default) x sampleInterval (5m by"
                + " default): raise it, or lower one of them.",
        fieldPath = ".window")
public record LeakDetectionSpec(
        @Default("true")
        @JsonPropertyDescription(
                "Whether the live set, direct memory and threads of each pod are checked for leaks. The live"
                        + " set is also measured when a threshold uses it.")
        Boolean enabled,

        @Default("5m")
        @DurationFormat
        @JsonPropertyDescription(
                "How often the live set is measured. Each measurement is a full collection, which pauses the"
                        + " pod for some milliseconds.")
        GatewayDuration sampleInterval,

        @Default("15m")
        @DurationFormat
        @JsonPropertyDescription(
                "Time after the start of a pod, or after a change of the route's configuration, that the leak detector"
                        + " ignores. Thresholds apply from the start.")
        GatewayDuration warmUp,

        @DurationFormat
        @JsonPropertyDescription(
                "Minimum time span of an evaluation: growth counts only if it lasts at least this long. The"
                        + " detector uses all samples that it has. When omitted, the higher of 1h and minSamples x"
                        + " sampleInterval.")
        GatewayDuration window,

        @Default("8") @Min(4) @Max(1000) @JsonPropertyDescription("Minimum number of samples in an evaluation.")
        Integer minSamples,

        @Default("4")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription(
                "Number of most recent evaluations to consider. An evaluation follows a new sample, at most twelve times"
                        + " per window.")
        Integer evaluations,

        @Min(1)
        @Max(20)
        @JsonPropertyDescription(
                "Number of these evaluations that must find a leak before it is confirmed. When omitted, the lower of 3"
                        + " and evaluations.")
        Integer confirmations,

        @Default("4")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Minimum growth over the window that counts as a leak, as a percentage of the limit.")
        Integer minGrowthPercent,

        @Default("24h")
        @DurationFormat
        @JsonPropertyDescription(
                "Growth that would take longer than this to exhaust the limit does not count as a leak.")
        GatewayDuration horizon,

        @Default("2h")
        @DurationFormat
        @JsonPropertyDescription(
                "A confirmed leak is acted on when the limit is at most this far away, or earlier when so many"
                        + " pods leak that replacing them one by one would take too long. Until then it is only reported,"
                        + " so that temporary growth can end.")
        GatewayDuration actWithin,

        @Default("10000")
        @Min(100)
        @Max(10000000)
        @JsonPropertyDescription("Limit on virtual threads for the leak detector; the JVM has none.")
        Integer maxVirtualThreads,

        @Default("2000")
        @Min(100)
        @Max(100000)
        @JsonPropertyDescription("Limit on platform threads for the leak detector.")
        Integer maxThreads) {

    static final LeakDetectionSpec DEFAULT =
            new LeakDetectionSpec(null, null, null, null, null, null, null, null, null, null, null, null);

    public LeakDetectionSpec {
        enabled = Defaults.orElse(enabled, true);
        sampleInterval = Defaults.orElse(sampleInterval, "5m");
        warmUp = Defaults.orElse(warmUp, "15m");
        minSamples = Defaults.orElse(minSamples, 8);
        window = window != null
                ? window
                : GatewayDuration.max(new GatewayDuration("1h"), sampleInterval.multipliedBy(minSamples));
        evaluations = Defaults.orElse(evaluations, 4);
        confirmations = Defaults.orElse(confirmations, Math.min(3, evaluations));
        minGrowthPercent = Defaults.orElse(minGrowthPercent, 4);
        horizon = Defaults.orElse(horizon, "24h");
        actWithin = Defaults.orElse(actWithin, "2h");
        maxVirtualThreads = Defaults.orElse(maxVirtualThreads, 10_000);
        maxThreads = Defaults.orElse(maxThreads, 2_000);
    }
}
