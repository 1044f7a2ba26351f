package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.time.Instant;
import java.util.List;

/** The observed state of a route. Written by the operator. Its size does not grow with the number of pods. */
@ApiType
public record ProxyRouteStatus(
        @Size(max = 8)
        @JsonPropertyDescription(
                "Accepted: the spec is valid. ResolvedRefs: every reference is resolved and permitted. Programmed:"
                        + " at least one pod is ready, and every ready pod serves the current spec. Available: enough pods"
                        + " are ready. Healthy: no pod leaks or breaches a threshold.")
        List<Condition> conditions,

        @Min(0) @JsonPropertyDescription("Generation of the spec that this status describes.")
        Long observedGeneration,

        @StatusReplicas @Min(0) @Max(1000) @JsonPropertyDescription("Number of pods.")
        Integer replicas,

        @Min(0) @Max(1000) @JsonPropertyDescription("Number of ready pods.")
        Integer readyReplicas,

        @LabelSelector @Size(max = 512) @JsonPropertyDescription("Label selector of the pods, in string form.")
        String selector,

        @Size(max = 64) @JsonPropertyDescription("Hash of the configuration that the pods should serve.")
        String configHash,

        @JsonPropertyDescription("Result of tuning; absent while tuning.mode is Disabled.")
        Tuning tuning,

        @JsonPropertyDescription("State of remediation.") Remediation remediation) {

    public ProxyRouteStatus {
        conditions = Defaults.orEmpty(conditions);
    }

    /** Result of tuning. */
    @ApiType
    public record Tuning(
            @JsonPropertyDescription(
                    "Values that the pods use instead of the values in the spec; absent unless tuning.mode is"
                            + " Auto.")
            TunedValues effective,

            @JsonPropertyDescription("Values recommended by the measurements.")
            TunedValues recommended,

            @Size(max = 1024) @JsonPropertyDescription("Reason for the recommendation, with the measured figures.")
            String reason,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @JsonPropertyDescription("When these values were set.")
            Instant since) {}

    /** The tuned settings. */
    @ApiType
    public record TunedValues(
            @Min(1) @Max(65535) @JsonPropertyDescription("Replaces connectionPool.maxConnectionsPerBackend.")
            Integer maxConnectionsPerBackend,

            @DurationFormat @JsonPropertyDescription("Replaces connectionPool.acquireTimeout.")
            GatewayDuration acquireTimeout) {}

    /** State of remediation. */
    @ApiType
    public record Remediation(
            @JsonPropertyDescription(
                    "While no run is open: Disabled, as remediation.mode says; Observe: nothing is found; Suspect: a first"
                            + " sign is found; Detected: a finding is confirmed. Otherwise the phase of the open"
                            + " RemediationRun.")
            RemediationPhase phase,

            @Size(max = 253) @JsonPropertyDescription("Name of the newest RemediationRun.")
            String lastRun,

            @Min(0)
            @Max(3600)
            @JsonPropertyDescription(
                    "Number of pods detached within the last hour, whether they were replaced or reattached.")
            Integer actionsInWindow) {}
}
