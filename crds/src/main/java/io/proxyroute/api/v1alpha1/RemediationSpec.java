package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** How the health of each pod is evaluated, and what the operator may do about a failing pod. */
@ApiType
@ValidationRule(
        value = "!has(self.pollInterval) || !valid(self.pollInterval) || ms(self.pollInterval) >= 100",
        messageExpression = "'remediation.pollInterval is ' + self.pollInterval + ', but must be at least 100ms.'",
        message = "remediation.pollInterval must be at least 100ms.",
        fieldPath = ".pollInterval")
@ValidationRule(
        value = "!has(self.pollInterval) || !has(self.staleAfter) || !valid(self.pollInterval) ||"
                + " !valid(self.staleAfter) || ms(self.pollInterval) <= ms(self.staleAfter)",
        messageExpression = "'remediation.pollInterval is ' + self.pollInterval + ', but must be at most"
                + " remediation.staleAfter, which is ' + self.staleAfter + ': lower it, or raise staleAfter.'",
        message = "remediation.pollInterval must be at most remediation.staleAfter.",
        fieldPath = ".pollInterval")
@ValidationRule(
        value = "!has(self.thresholds) || self.thresholds.all(t, self.thresholds.exists_one(u, (has(u.name) ? u.name :"
                + " u.metric) == (has(t.name) ? t.name : t.metric)))",
        message = "remediation.thresholds[].name must be unique and defaults to the metric: name the thresholds"
                + " that share a metric.",
        fieldPath = ".thresholds")
public record RemediationSpec(
        @Default("Observe")
        @JsonPropertyDescription(
                "Disabled: pods are not evaluated. Observe: findings are reported in conditions, Events and"
                        + " RemediationRuns. Recommend: the operator also collects evidence and records the action it"
                        + " would take. Auto: the operator replaces the pod, within the limits of guard.")
        Mode mode,

        @DurationFormat
        @JsonPropertyDescription(
                "How often the telemetry snapshot of each pod is read. When omitted, the lower of 15s and staleAfter.")
        GatewayDuration pollInterval,

        @DurationFormat
        @JsonPropertyDescription(
                "Age at which a snapshot is treated as missing. No decision is based on a missing snapshot. When"
                        + " omitted, the higher of 1m and 4 x pollInterval.")
        GatewayDuration staleAfter,

        @Size(max = 16) @JsonPropertyDescription("User-defined limits, in addition to the leak detector.")
        List<ThresholdSpec> thresholds,

        @JsonPropertyDescription(
                "The leak detector. It evaluates the live set (the heap in use after a full collection),"
                        + " direct memory and threads.")
        LeakDetectionSpec leakDetection,

        @JsonPropertyDescription("Limits on the actions of remediation.")
        GuardSpec guard,

        @JsonPropertyDescription("How evidence is collected.")
        CaptureSpec capture,

        @JsonPropertyDescription("How the replacement is started, while the pod still serves.")
        SurgeSpec surge,

        @JsonPropertyDescription("How the pod is evicted.") EvictionSpec eviction,

        @JsonPropertyDescription("How the result of the replacement is verified.")
        VerifySpec verify,

        @JsonPropertyDescription("Content and retention of reports.")
        DiagnosticsSpec diagnostics) {

    static final RemediationSpec DEFAULT =
            new RemediationSpec(null, null, null, null, null, null, null, null, null, null, null);

    public RemediationSpec {
        mode = Defaults.orElse(mode, Mode.Observe);
        GatewayDuration poll = new GatewayDuration("15s");
        pollInterval =
                pollInterval != null ? pollInterval : staleAfter == null ? poll : GatewayDuration.min(poll, staleAfter);
        staleAfter = staleAfter != null
                ? staleAfter
                : GatewayDuration.max(new GatewayDuration("1m"), pollInterval.multipliedBy(4));
        thresholds = Defaults.orEmpty(thresholds);
        leakDetection = Defaults.orElse(leakDetection, LeakDetectionSpec.DEFAULT);
        guard = Defaults.orElse(guard, GuardSpec.DEFAULT);
        capture = Defaults.orElse(capture, CaptureSpec.DEFAULT);
        surge = Defaults.orElse(surge, SurgeSpec.DEFAULT);
        eviction = Defaults.orElse(eviction, EvictionSpec.DEFAULT);
        verify = Defaults.orElse(verify, VerifySpec.DEFAULT);
        diagnostics = Defaults.orElse(diagnostics, DiagnosticsSpec.DEFAULT);
    }

    /** What the operator may do about a failing pod. */
    public enum Mode {
        Disabled,
        Observe,
        Recommend,
        Auto
    }

    /** How evidence is collected. */
    @ApiType
    public record CaptureSpec(
            @Default("15s")
            @DurationFormat
            @JsonPropertyDescription(
                    "Time limit of the collection. Evidence that is missing by then is omitted, and the"
                            + " replacement continues.")
            GatewayDuration timeout) {

        static final CaptureSpec DEFAULT = new CaptureSpec(null);

        public CaptureSpec {
            timeout = Defaults.orElse(timeout, "15s");
        }
    }

    /** How the replacement is started. */
    @ApiType
    public record SurgeSpec(
            @Default("5m")
            @DurationFormat
            @JsonPropertyDescription(
                    "How long the replacement may take to become ready and warm. After that the run is aborted and"
                            + " the pod stays.")
            GatewayDuration timeout) {

        static final SurgeSpec DEFAULT = new SurgeSpec(null);

        public SurgeSpec {
            timeout = Defaults.orElse(timeout, "5m");
        }
    }

    /** How the pod is evicted. */
    @ApiType
    public record EvictionSpec(
            @Default("5s")
            @DurationFormat
            @JsonPropertyDescription(
                    "Delay after the disruption budget blocks an eviction. It doubles with each further attempt.")
            GatewayDuration backoff,

            @Default("10m")
            @DurationFormat
            @JsonPropertyDescription("How long eviction requests are retried. After that the run is aborted.")
            GatewayDuration timeout) {

        static final EvictionSpec DEFAULT = new EvictionSpec(null, null);

        public EvictionSpec {
            backoff = Defaults.orElse(backoff, "5s");
            timeout = Defaults.orElse(timeout, "10m");
        }
    }

    /** How the result of the replacement is verified. */
    @ApiType
    public record VerifySpec(
            @Default("2")
            @Min(1)
            @Max(20)
            @JsonPropertyDescription("Number of healthy snapshots of the replacement that confirm the result.")
            Integer samples,

            @Default("10m")
            @DurationFormat
            @JsonPropertyDescription(
                    "Time limit of the verification; it fails after that. The time starts when the replacement has"
                            + " completed its warm-up and its live set has been measured once.")
            GatewayDuration timeout) {

        static final VerifySpec DEFAULT = new VerifySpec(null, null);

        public VerifySpec {
            samples = Defaults.orElse(samples, 2);
            timeout = Defaults.orElse(timeout, "10m");
        }
    }

    /** Content and retention of reports. */
    @ApiType
    public record DiagnosticsSpec(
            @Size(max = 7)
            @JsonPropertyDescription(
                    "Parts of the report; all parts when omitted. Snapshot contains the leaks that the proxy has reclaimed. ClassHistogram pauses the pod for a full"
                            + " collection and is taken when the replacement is ready.")
            List<Part> include,

            @Default("168h") @DurationFormat @JsonPropertyDescription("Age after which a report is deleted.")
            GatewayDuration ttl) {

        static final DiagnosticsSpec DEFAULT = new DiagnosticsSpec(null, null);

        public DiagnosticsSpec {
            include = Defaults.orEmpty(include);
            ttl = Defaults.orElse(ttl, "168h");
        }

        /** Parts of a report. */
        public enum Part {
            Config,
            Snapshot,
            LiveSet,
            Exchanges,
            Pools,
            Threads,
            ClassHistogram
        }
    }
}
