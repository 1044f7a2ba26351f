package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A share of a rule's traffic: a Service by name, or a host outside the cluster. */
@ApiType
@ValidationRule(
        value = "has(self.name) != has(self.host)",
        message = "backendRefs[] must have exactly one of name (a Service) and host (outside the cluster).")
@ValidationRule(
        value = "!has(self.namespace) || has(self.name)",
        message = "backendRefs[].namespace goes with name only: a host outside the cluster has none.",
        fieldPath = ".namespace")
@ValidationRule(
        value =
                "!has(self.host) || !self.host.lowerAscii().matches('^(localhost|127[.].*|0[.].*|169[.]254[.].*|.*[.]svc([.]cluster[.]local)?)[.]?$')",
        message = "backendRefs[].host must be outside the cluster: name a Service by name and namespace; loopback and"
                + " link-local addresses are the proxy's own.",
        fieldPath = ".host")
public record BackendRefSpec(
        @Size(min = 1, max = 63) @Pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$") @JsonPropertyDescription("Name of a Service.")
        String name,

        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription(
                "The Service's namespace; the route's own when left out. Another one needs a ReferenceGrant there.")
        String namespace,

        @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port of the Service or of the host.")
        Integer port,

        @Default("1")
        @Min(0)
        @Max(1000000)
        @JsonPropertyDescription("Share of the rule's requests, relative to the sum of its weights; 0 sends none.")
        Integer weight,

        @Size(min = 1, max = 253)
        @Pattern("^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$")
        @JsonPropertyDescription("Host name or address outside the cluster, in place of name.")
        String host) {

    public BackendRefSpec {
        weight = Absent.or(weight, 1);
    }
}
