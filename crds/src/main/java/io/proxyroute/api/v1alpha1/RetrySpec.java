package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** When a failed attempt is made again on another connection. */
@ApiType
public record RetrySpec(
        @Required
        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
                "Retries, the first attempt not counted. (attempts + 1) x backendRequest must fit into request.")
        Integer attempts,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Answers of a backend that are retried, beside connections that fail before any answer.")
        List<@Min(400) @Max(599) Integer> codes,

        @Default("25ms")
        @DurationFormat
        @JsonPropertyDescription("Pause before the first retry; doubled, with jitter, for each further one.")
        GatewayDuration backoff,

        @Default("20")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Retries may be at most this share of the requests in flight, in percent.")
        Integer budgetPercent) {

    public RetrySpec {
        codes = Absent.orEmpty(codes);
        backoff = Absent.or(backoff, "25ms");
        budgetPercent = Absent.or(budgetPercent, 20);
    }
}
