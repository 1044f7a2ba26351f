package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How to handle the requests that match. */
@ApiType
public record RuleSpec(
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription(
                "Name of the rule in metrics, logs and reports; unique in the route. Defaults to rule-<index>,"
                        + " counted from 0.")
        String name,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Conditions on the request, one of which must match. The rule matches every request when" + " empty.")
        List<MatchSpec> matches,

        @Size(max = 16) @JsonPropertyDescription("Filters applied to each request and response, in this order.")
        List<RuleFilterSpec> filters,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Destinations of the requests, selected by weight. When empty, requests get a 500 response"
                        + " unless a filter responds.")
        List<BackendRefSpec> backendRefs,

        @JsonPropertyDescription("Time limits of the rule; omitted limits are inherited from spec.timeouts.")
        RuleTimeoutsSpec timeouts,

        @JsonPropertyDescription("Which failed attempts are retried; none when omitted.")
        RetrySpec retry) {

    public RuleSpec {
        matches = Defaults.orEmpty(matches);
        filters = Defaults.orEmpty(filters);
        backendRefs = Defaults.orEmpty(backendRefs);
    }
}
