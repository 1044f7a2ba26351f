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
        @Size(max = 16)
        @JsonPropertyDescription(
                "Ready: Accepted, Programmed and Available are True, or no pod is wanted. Accepted: the spec is valid."
                        + " ResolvedRefs: every reference is resolved and permitted. Programmed: every pod has the current"
                        + " revision, and every ready pod serves the current spec. Available: enough pods are ready. Healthy: no"
                        + " pod leaks or breaches a threshold. Reconciling: work is in progress. Stalled: nothing happens until"
                        + " something is changed. The last two exist only while True.")
        List<Condition> conditions,

        @Min(0) @JsonPropertyDescription("Generation of the spec that this status describes.")
        Long observedGeneration,

        @StatusReplicas @Min(0) @Max(1000) @JsonPropertyDescription("Number of pods.")
        Integer replicas,

        @Min(0) @Max(1000) @JsonPropertyDescription("Number of ready pods.")
        Integer readyReplicas,

        @LabelSelector @Size(max = 512) @JsonPropertyDescription("Label selector of the pods, in string form.")
        String selector,

        @Size(max = 1024) @JsonPropertyDescription("Image of the proxies; during a rollout, all their images.")
        String proxyImage,

        @Size(max = 32) @JsonPropertyDescription("Where clients reach the route.")
        List<Address> addresses,

        @Size(max = 64) @JsonPropertyDescription("Hash of the configuration that the pods should serve.")
        String configHash,

        @JsonPropertyDescription("Result of tuning; absent while tuning.mode is Disabled.")
        Tuning tuning,

        @JsonPropertyDescription("State of remediation.") Remediation remediation) {

    public ProxyRouteStatus {
        conditions = Defaults.orEmpty(conditions);
        addresses = Defaults.orEmpty(addresses);
    }

    /** The status of a route that was never reconciled. */
    public static final ProxyRouteStatus EMPTY =
            new ProxyRouteStatus(null, null, null, null, null, null, null, null, null, null);

    /** An address of the route, as in the status of a Gateway. */
    @ApiType
    public record Address(
            @JsonPropertyDescription("Kind of address.") Type type,

            @Size(max = 253) @JsonPropertyDescription("Host name or IP address.")
            String value) {

        /** Kinds of addresses. */
        public enum Type {
            Hostname,
            IPAddress
        }
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

            @Size(max = 1024) @JsonPropertyDescription("What the newest RemediationRun does or has done.")
            String message,

            @Min(0)
            @Max(3600)
            @JsonPropertyDescription(
                    "Number of pods detached within the last hour, whether they were replaced or reattached.")
            Integer actionsInWindow) {}
}
