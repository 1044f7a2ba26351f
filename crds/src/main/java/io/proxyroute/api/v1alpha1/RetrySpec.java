package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Which failed attempts are retried, and how often. */
@ApiType
public record RetrySpec(
        @Required
        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
                "Maximum number of retries, not counting the first attempt. The timeout request bounds all attempts"
                        + " together.")
        Integer attempts,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Status codes of backend responses to retry, in addition to connections that fail before any"
                        + " response.")
        List<@Min(400) @Max(599) Integer> codes,

        @DurationFormat
        @JsonPropertyDescription(
                "Delay before the first retry; 25ms when omitted. It doubles with each further retry and has jitter.")
        GatewayDuration backoff,

        @Min(0)
        @Max(100)
        @JsonPropertyDescription(
                "Maximum number of retries as a percentage of the requests in flight; 20 when omitted.")
        Integer budgetPercent) {

    public RetrySpec {
        codes = Defaults.orEmpty(codes);
        backoff = Defaults.orElse(backoff, "25ms");
        budgetPercent = Defaults.orElse(budgetPercent, 20);
    }
}
