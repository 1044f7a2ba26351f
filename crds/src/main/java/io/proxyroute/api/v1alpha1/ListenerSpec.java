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

/** A port that the proxy serves. */
@ApiType
@ValidationRule(
        value = "self.port != 9090 && self.port != 9901",
        message = "listeners[].port must be another one than 9090 (health and metrics) and 9901 (administration), which"
                + " every proxy pod uses itself.",
        fieldPath = ".port")
public record ListenerSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Names the listener and its port of the Service; unique in the route.")
        String name,

        @Required
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription(
                "TCP port, of the pods and of the Service; unique in the route. 9090 and 9901 are taken.")
        Integer port,

        @Default("HTTP") @JsonPropertyDescription("HTTP: plain HTTP/1.1.")
        Protocol protocol,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Hosts served here, as api.example.com, or *.example.com for every subdomain; empty for all."
                        + " Other hosts are answered with 404.")
        List<
                        @Size(min = 1, max = 253)
                        @Pattern("^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$") String>
                hostnames) {

    /** What is spoken on a port. */
    public enum Protocol {
        HTTP
    }

    public ListenerSpec {
        protocol = Absent.or(protocol, Protocol.HTTP);
        hostnames = Absent.orEmpty(hostnames);
    }
}
