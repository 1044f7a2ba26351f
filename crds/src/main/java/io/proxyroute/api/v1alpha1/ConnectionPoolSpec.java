package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** Bounds of a pod's connections to backends. */
@ApiType
@ValidationRule(
        value = "self.maxConnectionsPerBackend <= self.maxConnections",
        message = "connectionPool.maxConnectionsPerBackend must be at most connectionPool.maxConnections.",
        fieldPath = ".maxConnectionsPerBackend")
@ValidationRule(
        value = "duration(self.abandonedTimeout).getMilliseconds() == 0 ||"
                + " duration(self.leakDetectionThreshold).getMilliseconds() <="
                + " duration(self.abandonedTimeout).getMilliseconds()",
        message = "connectionPool.leakDetectionThreshold must be at most connectionPool.abandonedTimeout: a connection"
                + " is reported before it is taken back.",
        fieldPath = ".leakDetectionThreshold")
public record ConnectionPoolSpec(
        @Default("200")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("Connections of one pod to all its backends together.")
        Integer maxConnections,

        @Default("20")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("Connections of one pod to one endpoint (address and port) of a backend.")
        Integer maxConnectionsPerBackend,

        @Default("1024")
        @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
                "Requests of one pod that may wait for a connection to one endpoint; more are answered with 503.")
        Integer maxPendingAcquires,

        @Default("3s")
        @DurationFormat
        @JsonPropertyDescription("How long a request waits for a connection before it is answered with 503.")
        GatewayDuration acquireTimeout,

        @Default("1s") @DurationFormat @JsonPropertyDescription("How long a TCP handshake with a backend may take.")
        GatewayDuration connectTimeout,

        @Default("60s")
        @DurationFormat
        @JsonPropertyDescription("How long a connection to a backend stays open unused.")
        GatewayDuration keepAlive,

        @Default("1h")
        @DurationFormat
        @JsonPropertyDescription("Age at which a connection is closed when it is next unused; 0s for never.")
        GatewayDuration maxLifetime,

        @Default("60s")
        @DurationFormat
        @JsonPropertyDescription(
                "A connection in use on which no byte has moved for this long is reported; 0s for never.")
        GatewayDuration leakDetectionThreshold,

        @Default("300s")
        @DurationFormat
        @JsonPropertyDescription(
                "A connection in use on which no byte has moved for this long is taken back; 0s for never.")
        GatewayDuration abandonedTimeout) {

    static final ConnectionPoolSpec DEFAULT =
            new ConnectionPoolSpec(null, null, null, null, null, null, null, null, null);

    public ConnectionPoolSpec {
        maxConnections = Absent.or(maxConnections, 200);
        maxConnectionsPerBackend = Absent.or(maxConnectionsPerBackend, 20);
        maxPendingAcquires = Absent.or(maxPendingAcquires, 1024);
        acquireTimeout = Absent.or(acquireTimeout, "3s");
        connectTimeout = Absent.or(connectTimeout, "1s");
        keepAlive = Absent.or(keepAlive, "60s");
        maxLifetime = Absent.or(maxLifetime, "1h");
        leakDetectionThreshold = Absent.or(leakDetectionThreshold, "60s");
        abandonedTimeout = Absent.or(abandonedTimeout, "300s");
    }
}
