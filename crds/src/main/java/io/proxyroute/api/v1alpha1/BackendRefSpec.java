package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A destination of a rule's requests: a Service, or a host outside the cluster. */
@ApiType
@ValidationRule(
        value = "has(self.name) != has(self.host)",
        message = "backendRefs[] must set exactly one of name (a Service) and host (outside the cluster).")
@ValidationRule(
        value = "!has(self.namespace) || has(self.name)",
        message = "backendRefs[].namespace may be set only together with name: a host outside the cluster has no"
                + " namespace.",
        fieldPath = ".namespace")
@ValidationRule(
        value =
                "!has(self.host) || !self.host.lowerAscii().matches('^(localhost|127[.].*|0[.].*|169[.]254[.].*|.*[.]svc([.]cluster[.]local)?)[.]?$')",
        message = "backendRefs[].host must be outside the cluster: refer to a Service by name and namespace."
                + " Loopback and link-local addresses are not allowed.",
        fieldPath = ".host")
public record BackendRefSpec(
        @Size(min = 1, max = 63)
        @Pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Name of the Service.")
        String name,

        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription(
                "Namespace of the Service; defaults to the route's namespace. Any other namespace must have a"
                        + " ReferenceGrant that allows the reference.")
        String namespace,

        @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port of the Service or of the host.")
        Integer port,

        @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
                "Share of the rule's requests, relative to the sum of the weights in the rule; 1 when omitted. 0 sends"
                        + " no requests.")
        Integer weight,

        @Size(min = 1, max = 253)
        @Pattern("^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$")
        @JsonPropertyDescription("Host name or IP address outside the cluster. Mutually exclusive with name.")
        String host) {

    public BackendRefSpec {
        weight = Defaults.orElse(weight, 1);
    }
}
