package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** Limits on what clients may send. */
@ApiType
public record LimitsSpec(
        @Default("8192")
        @Min(256)
        @Max(65536)
        @JsonPropertyDescription("Maximum length of a request line. A longer one gets a 414 response.")
        Integer requestLineBytes,

        @Default("32768")
        @Min(1024)
        @Max(262144)
        @JsonPropertyDescription("Maximum size of a request's header fields. A larger one gets a 431 response.")
        Integer headerBytes,

        @Default("100")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Maximum number of a request's header fields. More get a 431 response.")
        Integer headerLines,

        @Default("0")
        @Min(0)
        @JsonPropertyDescription(
                "Maximum size of a request's body. A larger one gets a 413 response. 0 means no limit.")
        Long bodyBytes,

        @Default("2")
        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
                "How often a request may have passed this route already, according to its Via header. One more"
                        + " pass gets a 508 response: a backend of the route leads back to it.")
        Integer loopPasses,

        @Default("0")
        @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
                "Maximum number of requests that one client address may have in flight in one pod. More get a"
                        + " 429 response. 0 means no limit. Behind a load balancer, set trustedProxies too: otherwise all"
                        + " clients have its address.")
        Integer requestsPerClient) {

    static final LimitsSpec DEFAULT = new LimitsSpec(null, null, null, null, null, null);

    public LimitsSpec {
        requestLineBytes = Defaults.orElse(requestLineBytes, 8192);
        headerBytes = Defaults.orElse(headerBytes, 32768);
        headerLines = Defaults.orElse(headerLines, 100);
        bodyBytes = Defaults.orElse(bodyBytes, 0L);
        loopPasses = Defaults.orElse(loopPasses, 2);
        requestsPerClient = Defaults.orElse(requestsPerClient, 0);
    }
}
