package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** What the proxy logs. */
@ApiType
public record TelemetrySpec(
        @Default("true")
        @JsonPropertyDescription("Whether the proxy logs each request as one JSON line to its standard output.")
        Boolean accessLog) {

    static final TelemetrySpec DEFAULT = new TelemetrySpec(null);

    public TelemetrySpec {
        accessLog = Defaults.orElse(accessLog, true);
    }
}
