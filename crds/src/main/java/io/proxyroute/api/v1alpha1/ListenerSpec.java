package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A port on which the proxy accepts connections. */
@ApiType
@ValidationRule(
        value = "self.port != 9090 && self.port != 9901",
        message = "listeners[].port must not be 9090 (health and metrics) or 9901 (administration): every proxy"
                + " pod uses these ports itself.",
        fieldPath = ".port")
public record ListenerSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Name of the listener and of its port in the Service; unique in the route.")
        String name,

        @Required
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription(
                "TCP port of the pods and of the Service; unique in the route. 9090 and 9901 are reserved.")
        Integer port,

        @Default("HTTP") @JsonPropertyDescription("HTTP: plain HTTP/1.1.")
        Protocol protocol,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Host names to serve, for example api.example.com, or *.example.com for every subdomain."
                        + " Serves all hosts when empty. Requests for other hosts get a 404 response.")
        List<
                        @Size(min = 1, max = 253)
                        @Pattern("^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$") String>
                hostnames) {

    /** Protocol of a port. */
    public enum Protocol {
        HTTP
    }

    public ListenerSpec {
        protocol = Defaults.orElse(protocol, Protocol.HTTP);
        hostnames = Defaults.orEmpty(hostnames);
    }
}
