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

/** What has become of a route. Written by the operator; bounded, whatever the number of pods. */
@ApiType
public record ProxyRouteStatus(
        @Size(max = 8)
        @JsonPropertyDescription(
                "Accepted: the spec can be served. ResolvedRefs: every Service and grant was found. Programmed:"
                        + " at least one pod is ready, and every ready one serves the spec as it stands."
                        + " Available: enough pods are ready. Healthy: no pod leaks or breaches a threshold.")
        List<Condition> conditions,

        @Min(0) @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,

        @StatusReplicas @Min(0) @Max(1000) @JsonPropertyDescription("Pods that exist.")
        Integer replicas,

        @Min(0) @Max(1000) @JsonPropertyDescription("Pods that are ready.")
        Integer readyReplicas,

        @LabelSelector @Size(max = 512) @JsonPropertyDescription("Label selector of the pods, as text.")
        String selector,

        @Size(max = 64) @JsonPropertyDescription("Hash of the configuration that the pods should serve.")
        String configHash,

        @JsonPropertyDescription("What tuning found; absent while tuning.mode is Disabled.")
        Tuning tuning,

        @JsonPropertyDescription("Where remediation stands.")
        Remediation remediation) {

    public ProxyRouteStatus {
        conditions = Absent.orEmpty(conditions);
    }

    /** What tuning found. */
    @ApiType
    public record Tuning(
            @JsonPropertyDescription("Values in force in place of the spec's; absent unless tuning.mode is Auto.")
            TunedValues effective,

            @JsonPropertyDescription("Values that the measurements speak for.")
            TunedValues recommended,

            @Size(max = 1024) @JsonPropertyDescription("Why, in a sentence with the figures.")
            String reason,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @JsonPropertyDescription("Since when these values have stood.")
            Instant since) {}

    /** Settings that are tuned. */
    @ApiType
    public record TunedValues(
            @Min(1) @Max(65535) @JsonPropertyDescription("In place of connectionPool.maxConnectionsPerBackend.")
            Integer maxConnectionsPerBackend,

            @DurationFormat @JsonPropertyDescription("In place of connectionPool.acquireTimeout.")
            GatewayDuration acquireTimeout) {}

    /** Where remediation stands. */
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
            @JsonPropertyDescription("Pods detached within the last hour, whether they were replaced or put back.")
            Integer actionsInWindow) {}
}
