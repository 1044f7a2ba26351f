package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;

/** Time limits of each request; zero means no limit. */
@ApiType
@ValidationRule(
        value =
                "!has(self.backendRequest) || !valid(self.backendRequest) || !valid(self.request) || ms(self.request) == 0"
                        + " || ms(self.backendRequest) <= ms(self.request)",
        messageExpression =
                "'timeouts.backendRequest is ' + self.backendRequest + ', but must be at most"
                        + " timeouts.request, which is ' + shown(self.request, '5s') + ': lower it, or raise timeouts.request.'",
        message = "timeouts.backendRequest must be at most timeouts.request.",
        fieldPath = ".backendRequest")
public record TimeoutsSpec(
        @Default("5s")
        @DurationFormat
        @JsonPropertyDescription(
                "Time from the last byte of the request to the response headers, over all attempts. 0s means"
                        + " no limit. idle and maxStreamDuration apply before and after it.")
        GatewayDuration request,

        @DurationFormat
        @JsonPropertyDescription(
                "The same for a single attempt; at most request. 0s means no limit. When omitted, the lower of 2s and"
                        + " request.")
        GatewayDuration backendRequest,

        @Default("60s")
        @DurationFormat
        @JsonPropertyDescription("How long the body of a request or response may transfer no bytes. 0s means no limit.")
        GatewayDuration idle,

        @Default("75s")
        @DurationFormat
        @JsonPropertyDescription(
                "How long a client's connection may be idle between requests. Longer than the idle timeout of a"
                        + " load balancer in front, usually 60s: otherwise it sends requests to connections that are just"
                        + " being closed. 0s means no limit.")
        GatewayDuration clientIdle,

        @Default("10s")
        @DurationFormat
        @JsonPropertyDescription("Time from the first byte of a request to the end of its headers. 0s means no limit.")
        GatewayDuration requestHeaders,

        @Default("0s")
        @DurationFormat
        @JsonPropertyDescription("Time from the request headers to the end of the response. 0s means no limit.")
        GatewayDuration maxStreamDuration) {

    static final TimeoutsSpec DEFAULT = new TimeoutsSpec(null, null, null, null, null, null);

    public TimeoutsSpec {
        request = Defaults.orElse(request, "5s");
        backendRequest = backendRequest != null ? backendRequest : ofAttempt(new GatewayDuration("2s"), request);
        idle = Defaults.orElse(idle, "60s");
        clientIdle = Defaults.orElse(clientIdle, "75s");
        requestHeaders = Defaults.orElse(requestHeaders, "10s");
        maxStreamDuration = Defaults.orElse(maxStreamDuration, "0s");
    }

    /**
     * The limit of an attempt that is not set: the inherited one, but at most that of the request.
     *
     * @param request 0s for no limit
     */
    public static GatewayDuration ofAttempt(GatewayDuration inherited, GatewayDuration request) {
        return request.toJava().isZero() ? inherited : GatewayDuration.min(inherited, request);
    }
}
