package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;

/** The journal of a run: each phase is written here before its first side effect. */
@ApiType
public record RemediationRunStatus(
        @JsonPropertyDescription(
                "Confirm: the finding is checked against the guard. Capture: evidence is collected. Prepare: a"
                        + " replacement starts while the pod still serves. Act: the pod is evicted. Verify: the"
                        + " replacement is verified. Cooldown: no new run starts for the route. Paused: the guard blocks the run for now."
                        + " Escalated: manual action is required. Done: the run is over.")
        RemediationPhase phase,

        @Size(max = 32) @JsonPropertyDescription("When each phase started, oldest first; the newest 32.")
        List<PhaseTime> phaseTimes,

        @JsonPropertyDescription("Result of the run; absent while it is open.")
        Outcome outcome,

        @Size(max = 1024) @JsonPropertyDescription("What the run is doing, or how it ended; one sentence.")
        String message,

        @Size(max = 8192) @JsonPropertyDescription("Summary of the evidence, written before the pod is touched.")
        String summary,

        @Size(max = 1024) @JsonPropertyDescription("Path of the report at the operator's report service.")
        String reportRef,

        @JsonPropertyDescription("The pod that replaces the evicted one.")
        Replacement replacement,

        @Min(0) @Max(10000) @JsonPropertyDescription("Eviction requests sent.")
        Integer evictionAttempts,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When eviction attempts end, or when the cooldown ends.")
        Instant deadline,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("Time of the newest eviction request; it counts against the actions per hour.")
        Instant actedAt,

        @JsonPropertyDescription(
                "Responses that the route's pods lost because of errors in the proxy from the first eviction until the pod was"
                        + " gone; failures of backends or filters do not count. Absent before, and if unknown.")
        ProxyErrors proxyErrors) {

    public RemediationRunStatus {
        phaseTimes = Defaults.orEmpty(phaseTimes);
    }

    /** How a run ended. */
    public enum Outcome {
        /** The replacement is verified to be healthy. */
        Recovered,
        /** The finding was reported; the mode or the threshold allows no more. */
        Observed,
        /** The report says what the operator would have done. */
        Recommended,
        /** The replacement shows the same finding, or could not be verified in time. */
        Ineffective,
        /** Aborted; the pod is attached again. */
        Aborted,
        /** The pod disappeared without an eviction. */
        Gone,
        /** A person must act. */
        Escalated
    }

    /** When a phase started. */
    @ApiType
    public record PhaseTime(
            @Required @JsonPropertyDescription("The phase.") RemediationPhase phase,

            @Required
            @JsonFormat(shape = JsonFormat.Shape.STRING)
            @JsonPropertyDescription("When it started, by the operator's clock.")
            Instant at) {}

    /** Responses that proxies lost because of errors of their own. */
    @ApiType
    public record ProxyErrors(
            @Size(max = 64)
            @JsonPropertyDescription(
                    "Responses lost before the first eviction, by process; processes without losses are absent.")
            List<Count> beforeEviction,

            @Min(0)
            @JsonPropertyDescription(
                    "Responses lost from the first eviction until the pod was gone; absent until then.")
            Long duringEviction) {

        public ProxyErrors {
            beforeEviction = Defaults.orEmpty(beforeEviction);
        }

        /** Responses that one process has lost since it started. */
        @ApiType
        public record Count(
                @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of its pod.")
                String podUid,

                @Required
                @JsonFormat(shape = JsonFormat.Shape.STRING)
                @JsonPropertyDescription("When the process started, by its own clock.")
                Instant processStartedAt,

                @Required @Min(1) @JsonPropertyDescription("Number of responses.")
                Long errors) {}
    }

    /** The pod that replaces the evicted one. */
    @ApiType
    public record Replacement(
            @Size(max = 253) @JsonPropertyDescription("Its name.")
            String podName,

            @Size(max = 64) @JsonPropertyDescription("Its UID.")
            String podUid) {}
}
