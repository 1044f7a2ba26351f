package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a run is about; it never changes. */
@ApiType
@ValidationRule(value = "self == oldSelf", message = "spec of a RemediationRun must not change: it is a record.")
public record RemediationRunSpec(
        @Required @JsonPropertyDescription("The route that the pod serves.")
        RouteRef routeRef,

        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the pod concerned.")
        String podName,

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("UID of the pod concerned: another pod of its name is never touched.")
        String podUid,

        @Required @JsonPropertyDescription("What was found.")
        Cause cause) {

    /** One incarnation of a route. */
    @ApiType
    public record RouteRef(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the route, in the same namespace.")
            String name,

            @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the route.")
            String uid) {}

    /** What was found. */
    @ApiType
    public record Cause(
            @Required
            @JsonPropertyDescription(
                    "Leak: the detector confirmed a leak of the live set. Threshold: a limit of the user's was"
                            + " breached.")
            Kind kind,

            @Required
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("The measure: LiveSet, or the metric of the threshold.")
            String metric,

            @Size(max = 63) @JsonPropertyDescription("Name of the threshold.")
            String threshold,

            @Required
            @Size(min = 1, max = 1024)
            @JsonPropertyDescription("What was seen, in a sentence with the figures.")
            String message) {

        /** Kinds of finding. */
        public enum Kind {
            Leak,
            Threshold
        }
    }
}
