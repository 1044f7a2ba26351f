package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;

/** Time limits of every exchange; zero means none. */
@ApiType
@ValidationRule(
        value = "duration(self.request).getMilliseconds() == 0 || duration(self.backendRequest).getMilliseconds() <="
                + " duration(self.request).getMilliseconds()",
        message = "timeouts.backendRequest must be at most timeouts.request.",
        fieldPath = ".backendRequest")
public record TimeoutsSpec(
        @Default("5s")
        @DurationFormat
        @JsonPropertyDescription(
                "From the request's last byte to the answer's head, over all attempts; 0s means none. Before and"
                        + " after, idle and maxStreamDuration rule.")
        GatewayDuration request,

        @Default("2s")
        @DurationFormat
        @JsonPropertyDescription("The same for one attempt; at most request. 0s means none.")
        GatewayDuration backendRequest,

        @Default("60s")
        @DurationFormat
        @JsonPropertyDescription("How long a connection or a body may be silent; 0s means for ever.")
        GatewayDuration idle,

        @Default("10s")
        @DurationFormat
        @JsonPropertyDescription("From the first byte of a request to the end of its headers; 0s means no limit.")
        GatewayDuration requestHeaders,

        @Default("0s")
        @DurationFormat
        @JsonPropertyDescription("From the request's head to the end of the answer; 0s means no limit.")
        GatewayDuration maxStreamDuration) {

    static final TimeoutsSpec DEFAULT = new TimeoutsSpec(null, null, null, null, null);

    public TimeoutsSpec {
        request = Absent.or(request, "5s");
        backendRequest = Absent.or(backendRequest, "2s");
        idle = Absent.or(idle, "60s");
        requestHeaders = Absent.or(requestHeaders, "10s");
        maxStreamDuration = Absent.or(maxStreamDuration, "0s");
    }
}
