package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is watched in every pod, and what the operator may do about it. */
@ApiType
@ValidationRule(
        value =
                "duration(self.pollInterval).getMilliseconds() >= 100 && duration(self.pollInterval).getMilliseconds() <="
                        + " duration(self.staleAfter).getMilliseconds()",
        message = "remediation.pollInterval must be at least 100ms and at most remediation.staleAfter.",
        fieldPath = ".pollInterval")
@ValidationRule(
        value = "!has(self.thresholds) || self.thresholds.all(t, self.thresholds.exists_one(u, (has(u.name) ? u.name :"
                + " u.metric) == (has(t.name) ? t.name : t.metric)))",
        message = "remediation.thresholds[].name must be unique: give each threshold on the same metric a name of its"
                + " own.",
        fieldPath = ".thresholds")
public record RemediationSpec(
        @Default("Observe")
        @JsonPropertyDescription(
                "Disabled: pods are not evaluated. Observe: findings are reported in conditions, Events and"
                        + " RemediationRuns. Recommend: the operator also collects evidence and records the action it"
                        + " would take. Auto: the operator replaces the pod, within the limits of guard.")
        Mode mode,

        @Default("15s") @DurationFormat @JsonPropertyDescription("How often each pod's snapshot is read.")
        GatewayDuration pollInterval,

        @Default("1m")
        @DurationFormat
        @JsonPropertyDescription("Age at which a snapshot counts as missing: nothing is decided on it.")
        GatewayDuration staleAfter,

        @Size(max = 16) @JsonPropertyDescription("Limits of your own, honoured as written, beside the leak detector.")
        List<ThresholdSpec> thresholds,

        @JsonPropertyDescription(
                "The leak detector: on the live set, which is what a full collection leaves, on direct memory and threads.")
        LeakDetectionSpec leakDetection,

        @JsonPropertyDescription("What must hold before anything is done to a pod.")
        GuardSpec guard,

        @JsonPropertyDescription("Collecting the evidence.") CaptureSpec capture,

        @JsonPropertyDescription("Starting the replacement, while the pod still serves.")
        SurgeSpec surge,

        @JsonPropertyDescription("Evicting the pod.") EvictionSpec eviction,
        @JsonPropertyDescription("Proving that it helped.") VerifySpec verify,

        @JsonPropertyDescription("What a report holds, and for how long.")
        DiagnosticsSpec diagnostics) {

    static final RemediationSpec DEFAULT =
            new RemediationSpec(null, null, null, null, null, null, null, null, null, null, null);

    public RemediationSpec {
        mode = Absent.or(mode, Mode.Observe);
        pollInterval = Absent.or(pollInterval, "15s");
        staleAfter = Absent.or(staleAfter, "1m");
        thresholds = Absent.orEmpty(thresholds);
        leakDetection = Absent.or(leakDetection, LeakDetectionSpec.DEFAULT);
        guard = Absent.or(guard, GuardSpec.DEFAULT);
        capture = Absent.or(capture, CaptureSpec.DEFAULT);
        surge = Absent.or(surge, SurgeSpec.DEFAULT);
        eviction = Absent.or(eviction, EvictionSpec.DEFAULT);
        verify = Absent.or(verify, VerifySpec.DEFAULT);
        diagnostics = Absent.or(diagnostics, DiagnosticsSpec.DEFAULT);
    }

    /** What the operator may do. */
    public enum Mode {
        Disabled,
        Observe,
        Recommend,
        Auto
    }

    /** Collecting the evidence. */
    @ApiType
    public record CaptureSpec(
            @Default("15s")
            @DurationFormat
            @JsonPropertyDescription("What is not collected by then is left out; the replacement is not delayed.")
            GatewayDuration timeout) {

        static final CaptureSpec DEFAULT = new CaptureSpec(null);

        public CaptureSpec {
            timeout = Absent.or(timeout, "15s");
        }
    }

    /** Starting the replacement. */
    @ApiType
    public record SurgeSpec(
            @Default("5m")
            @DurationFormat
            @JsonPropertyDescription(
                    "How long the replacement may take to be ready and warm; then the run is given up and the pod"
                            + " stays.")
            GatewayDuration timeout) {

        static final SurgeSpec DEFAULT = new SurgeSpec(null);

        public SurgeSpec {
            timeout = Absent.or(timeout, "5m");
        }
    }

    /** Evicting the pod. */
    @ApiType
    public record EvictionSpec(
            @Default("5s")
            @DurationFormat
            @JsonPropertyDescription("Pause after the disruption budget said no; doubled for each further try.")
            GatewayDuration backoff,

            @Default("10m")
            @DurationFormat
            @JsonPropertyDescription("How long the pod may take to be gone, drain included; then the run is given up.")
            GatewayDuration timeout) {

        static final EvictionSpec DEFAULT = new EvictionSpec(null, null);

        public EvictionSpec {
            backoff = Absent.or(backoff, "5s");
            timeout = Absent.or(timeout, "10m");
        }
    }

    /** Proving that it helped. */
    @ApiType
    public record VerifySpec(
            @Default("2") @Min(1) @Max(20) @JsonPropertyDescription("Good snapshots of the replacement that prove it.")
            Integer samples,

            @Default("10m")
            @DurationFormat
            @JsonPropertyDescription(
                    "What is not proved by then counts as failed; begins when the replacement's warm-up is over and its live"
                            + " set has been measured once.")
            GatewayDuration timeout) {

        static final VerifySpec DEFAULT = new VerifySpec(null, null);

        public VerifySpec {
            samples = Absent.or(samples, 2);
            timeout = Absent.or(timeout, "10m");
        }
    }

    /** What a report holds, and for how long. */
    @ApiType
    public record DiagnosticsSpec(
            @Size(max = 8)
            @JsonPropertyDescription(
                    "Parts of the report; all when left out. ClassHistogram stops the pod for a full collection,"
                            + " and is taken once its replacement is ready.")
            List<Part> include,

            @Default("168h") @DurationFormat @JsonPropertyDescription("Age at which a report is deleted.")
            GatewayDuration ttl) {

        static final DiagnosticsSpec DEFAULT = new DiagnosticsSpec(null, null);

        public DiagnosticsSpec {
            include = Absent.orEmpty(include);
            ttl = Absent.or(ttl, "168h");
        }

        /** Parts of a report. */
        public enum Part {
            Config,
            Snapshot,
            LiveSet,
            Ledger,
            Exchanges,
            Pools,
            Threads,
            ClassHistogram
        }
    }
}
