package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** A rule's own time limits; null inherits from {@link TimeoutsSpec}. */
@ApiType
public record RuleTimeoutsSpec(
        @DurationFormat
        @JsonPropertyDescription("From the request's last byte to the answer's head, over all attempts; 0s means none.")
        GatewayDuration request,

        @DurationFormat @JsonPropertyDescription("The same for one attempt; at most request. 0s means none.")
        GatewayDuration backendRequest) {}
