package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Time limits of a rule. A null limit is inherited from {@link TimeoutsSpec}. */
@ApiType
public record RuleTimeoutsSpec(
        @DurationFormat
        @JsonPropertyDescription(
                "Time from the last byte of the request to the response headers, over all attempts. 0s means"
                        + " no limit.")
        GatewayDuration request,

        @DurationFormat
        @JsonPropertyDescription(
                "The same for a single attempt; at most request. 0s means no limit. When omitted, the lower of"
                        + " spec.timeouts.backendRequest and the rule's request.")
        GatewayDuration backendRequest) {}
