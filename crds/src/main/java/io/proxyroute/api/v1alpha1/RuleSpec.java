package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What becomes of the requests that one of the matches takes. */
@ApiType
public record RuleSpec(
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription(
                "Names the rule in metrics, logs and reports; unique in the route. Default: rule- and its place,"
                        + " counted from 0.")
        String name,

        @Size(max = 16)
        @JsonPropertyDescription("Alternatives: the rule takes a request that one of them takes. Empty takes all.")
        List<MatchSpec> matches,

        @Size(max = 16) @JsonPropertyDescription("Steps applied to each exchange, in this order.")
        List<RuleFilterSpec> filters,

        @Size(max = 16)
        @JsonPropertyDescription("Where requests go, by weight. Empty answers 500, unless a filter answers.")
        List<BackendRefSpec> backendRefs,

        @JsonPropertyDescription("The rule's own time limits; what is left out is inherited from spec.timeouts.")
        RuleTimeoutsSpec timeouts,

        @JsonPropertyDescription("When a failed attempt is made again; without it, never.")
        RetrySpec retry) {

    public RuleSpec {
        matches = Absent.orEmpty(matches);
        filters = Absent.orEmpty(filters);
        backendRefs = Absent.orEmpty(backendRefs);
    }
}
