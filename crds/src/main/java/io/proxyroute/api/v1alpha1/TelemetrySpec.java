package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** What the proxy logs. */
@ApiType
public record TelemetrySpec(
        @Default("true")
        @JsonPropertyDescription("Whether every exchange is logged as one JSON line on the pod's standard output.")
        Boolean accessLog) {

    static final TelemetrySpec DEFAULT = new TelemetrySpec(null);

    public TelemetrySpec {
        accessLog = Absent.or(accessLog, true);
    }
}
