package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;

/** What a run is about; it never changes. */
@ApiType
@ValidationRule(value = "self == oldSelf", message = "spec of a RemediationRun must not change: it is a record.")
public record RemediationRunSpec(
        @Required @JsonPropertyDescription("The route that the pod serves.")
        RouteRef routeRef,

        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the pod with the finding.")
        String podName,

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("UID of the pod; another pod of the same name is never touched.")
        String podUid,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription(
                "Start of the process with the finding, by its own clock; a later process in the same pod is never"
                        + " evicted for it.")
        Instant processStartedAt,

        @Required @JsonPropertyDescription("What was found.")
        Cause cause,

        @Required
        @JsonPropertyDescription(
                "Strongest action allowed. Observe: report the finding. Recommend: also collect evidence and"
                        + " record what it would do. Replace: replace the pod.")
        Action action,

        @Required
        @DurationFormat
        @JsonPropertyDescription("Time after the run during which no new run starts for the route.")
        GatewayDuration cooldown) {

    /** What is done about a finding. */
    public enum Action {
        Observe,
        Recommend,
        Replace
    }

    /** One incarnation of a route. */
    @ApiType
    public record RouteRef(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the route, in the same namespace.")
            String name,

            @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the route.")
            String uid,

            @Required @Min(0) @JsonPropertyDescription("Generation of the route's spec when the run was created.")
            Long generation) {}

    /** What was found. */
    @ApiType
    public record Cause(
            @Required
            @JsonPropertyDescription(
                    "Leak: the leak test confirmed a leak. Threshold: a threshold of the user was breached.")
            Kind kind,

            @Required
            @Size(min = 1, max = 64)
            @JsonPropertyDescription(
                    "What was measured: Heap, LiveSet, NettyDirectMemory, JdkDirectMemory, Threads, VirtualThreads, Connections or PoolInUse.")
            String metric,

            @Size(max = 63) @JsonPropertyDescription("Name of the threshold.")
            String threshold,

            @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("The finding with its figures, one sentence.")
            String message) {

        /** Kinds of finding. */
        public enum Kind {
            Leak,
            Threshold
        }
    }
}
