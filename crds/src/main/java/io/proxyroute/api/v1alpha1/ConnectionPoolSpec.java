package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** Limits on a pod's connections to backends. */
@ApiType
@ValidationRule(
        value =
                "!has(self.maxConnectionsPerBackend) || self.maxConnections < 1 || self.maxConnectionsPerBackend > 65535 ||"
                        + " self.maxConnectionsPerBackend <= self.maxConnections",
        message =
                "connectionPool.maxConnectionsPerBackend must be at most connectionPool.maxConnections, which is 200 by"
                        + " default: lower it, or raise maxConnections.",
        fieldPath = ".maxConnectionsPerBackend")
@ValidationRule(
        value = "!has(self.leakDetectionThreshold) || !valid(self.leakDetectionThreshold) ||"
                + " !valid(self.abandonedTimeout) || ms(self.abandonedTimeout) == 0 || ms(self.leakDetectionThreshold) <="
                + " ms(self.abandonedTimeout)",
        messageExpression =
                "'connectionPool.leakDetectionThreshold is ' + self.leakDetectionThreshold + ', but must be at"
                        + " most connectionPool.abandonedTimeout, which is ' + shown(self.abandonedTimeout, '300s') + ': a"
                        + " connection is reported before it is reclaimed. Lower it, or raise abandonedTimeout.'",
        message = "connectionPool.leakDetectionThreshold must be at most connectionPool.abandonedTimeout: a"
                + " connection is reported before it is reclaimed.",
        fieldPath = ".leakDetectionThreshold")
public record ConnectionPoolSpec(
        @Default("200")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("Maximum number of connections from one pod to all its backends.")
        Integer maxConnections,

        @Min(1)
        @Max(65535)
        @JsonPropertyDescription(
                "Maximum number of connections from one pod to one endpoint (address and port) of a backend. When"
                        + " omitted, the lower of 20 and maxConnections.")
        Integer maxConnectionsPerBackend,

        @Default("1024")
        @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
                "Maximum number of requests in one pod that wait for a connection to one backend. Further"
                        + " requests get a 503 response.")
        Integer maxPendingAcquires,

        @Default("3s")
        @DurationFormat
        @JsonPropertyDescription("How long a request waits for a connection before it gets a 503 response.")
        GatewayDuration acquireTimeout,

        @Default("1s") @DurationFormat @JsonPropertyDescription("How long a TCP handshake with a backend may take.")
        GatewayDuration connectTimeout,

        @Default("60s")
        @DurationFormat
        @JsonPropertyDescription("How long an idle connection to a backend is kept open.")
        GatewayDuration keepAlive,

        @Default("1h")
        @DurationFormat
        @JsonPropertyDescription(
                "Maximum age of a connection; an older one is closed when it becomes idle. 0s means no limit.")
        GatewayDuration maxLifetime,

        @DurationFormat
        @JsonPropertyDescription(
                "A leased connection that transfers no bytes for this long is reported as a leak. 0s disables"
                        + " the report. When omitted, the lower of 60s and abandonedTimeout.")
        GatewayDuration leakDetectionThreshold,

        @Default("300s")
        @DurationFormat
        @JsonPropertyDescription(
                "A leased connection that transfers no bytes for this long is reclaimed. 0s disables" + " reclaiming.")
        GatewayDuration abandonedTimeout) {

    static final ConnectionPoolSpec DEFAULT =
            new ConnectionPoolSpec(null, null, null, null, null, null, null, null, null);

    public ConnectionPoolSpec {
        maxConnections = Defaults.orElse(maxConnections, 200);
        maxConnectionsPerBackend = Defaults.orElse(maxConnectionsPerBackend, Math.min(20, maxConnections));
        maxPendingAcquires = Defaults.orElse(maxPendingAcquires, 1024);
        acquireTimeout = Defaults.orElse(acquireTimeout, "3s");
        connectTimeout = Defaults.orElse(connectTimeout, "1s");
        keepAlive = Defaults.orElse(keepAlive, "60s");
        maxLifetime = Defaults.orElse(maxLifetime, "1h");
        abandonedTimeout = Defaults.orElse(abandonedTimeout, "300s");
        leakDetectionThreshold = leakDetectionThreshold != null
                ? leakDetectionThreshold
                : TimeoutsSpec.ofAttempt(new GatewayDuration("60s"), abandonedTimeout);
    }
}
