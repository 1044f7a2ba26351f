package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The proxies in front of the route, such as a load balancer. */
@ApiType
@ValidationRule(
        value = "!has(self.hops) || !has(self.cidrs) || self.cidrs.size() == 0",
        message = "trustedProxies.hops and trustedProxies.cidrs exclude each other: set one of them.")
public record TrustedProxiesSpec(
        @Min(1)
        @Max(16)
        @JsonPropertyDescription(
                "Number of proxies between clients and this route. All of them are trusted, so clients must not"
                        + " be able to reach the pods without them.")
        Integer hops,

        @Size(max = 32) @JsonPropertyDescription("Address ranges of trusted proxies, such as 10.0.0.0/8 or fd00::/8.")
        List<@Size(max = 43) String> cidrs) {}
