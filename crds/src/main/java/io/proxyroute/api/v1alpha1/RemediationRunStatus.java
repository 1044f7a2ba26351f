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
                        + " replacement is watched. Cooldown: the route rests. Paused: the guard says no for now."
                        + " Escalated: nothing more is done without a person. Done: over.")
        RemediationPhase phase,

        @Size(max = 32) @JsonPropertyDescription("When each phase began, oldest first; the newest 32.")
        List<PhaseTime> phaseTimes,

        @JsonPropertyDescription("How the run ended; absent while it is open.")
        Outcome outcome,

        @Size(max = 1024) @JsonPropertyDescription("What happens or happened, in a sentence.")
        String message,

        @Size(max = 8192) @JsonPropertyDescription("What the evidence says, written before the pod is touched.")
        String summary,

        @Size(max = 1024) @JsonPropertyDescription("Path of the report at the operator's report service.")
        String reportRef,

        @JsonPropertyDescription("The pod that takes over.") Replacement replacement,

        @Min(0) @Max(10000) @JsonPropertyDescription("Eviction requests sent.")
        Integer evictionAttempts,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When eviction is given up, or the rest is over.")
        Instant deadline,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When eviction was last asked for: what counts against the budget of an hour.")
        Instant actedAt,

        @JsonPropertyDescription(
                "Answers that the route's pods lost by their own fault from the first eviction until the pod was gone;"
                        + " those that backends or filters failed do not count. Absent before, and when it cannot be"
                        + " known.")
        ProxyErrors proxyErrors) {

    public RemediationRunStatus {
        phaseTimes = Defaults.orEmpty(phaseTimes);
    }

    /** How a run ended. */
    public enum Outcome {
        /** The replacement is proved healthy. */
        Recovered,
        /** The finding was reported; the action allowed no more. */
        Observed,
        /** The report says what the operator would have done. */
        Recommended,
        /** The replacement shows the same cause, or could not be proved healthy in time. */
        Ineffective,
        /** Given up; the pod is where it was. */
        Aborted,
        /** The pod went away by itself. */
        Gone,
        /** A person must look. */
        Escalated
    }

    /** When a phase began. */
    @ApiType
    public record PhaseTime(
            @Required @JsonPropertyDescription("The phase.") RemediationPhase phase,

            @Required
            @JsonFormat(shape = JsonFormat.Shape.STRING)
            @JsonPropertyDescription("When it began, by the operator's clock.")
            Instant at) {}

    /** Answers that proxies lost by their own fault. */
    @ApiType
    public record ProxyErrors(
            @Size(max = 64)
            @JsonPropertyDescription("What processes had lost before; those that had lost nothing are left out.")
            List<Count> before,

            @Min(0) @JsonPropertyDescription("How many came on top; absent until the pod is gone.")
            Long meanwhile) {

        public ProxyErrors {
            before = Defaults.orEmpty(before);
        }

        /** Answers that one process has lost since it started. */
        @ApiType
        public record Count(
                @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of its pod.")
                String podUid,

                @Required
                @JsonFormat(shape = JsonFormat.Shape.STRING)
                @JsonPropertyDescription("When the process started, by its own clock.")
                Instant processStartedAt,

                @Required @Min(1) @JsonPropertyDescription("How many.")
                Long errors) {}
    }

    /** The pod that takes over. */
    @ApiType
    public record Replacement(
            @Size(max = 253) @JsonPropertyDescription("Its name.")
            String podName,

            @Size(max = 64) @JsonPropertyDescription("Its UID.")
            String podUid) {}
}
