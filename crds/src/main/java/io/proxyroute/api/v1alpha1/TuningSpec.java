package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** Pool settings derived from measured concurrency. */
@ApiType
@ValidationRule(
        value = "duration(self.interval).getMilliseconds() >= 100 && duration(self.interval).getMilliseconds() <="
                + " duration(self.window).getMilliseconds()",
        message = "tuning.interval must be at least 100ms and at most tuning.window.",
        fieldPath = ".interval")
@ValidationRule(
        value = "duration(self.window).getMilliseconds() <= 1000 * duration(self.interval).getMilliseconds()",
        message = "tuning.window must be at most 1000 x tuning.interval: the operator keeps 1000 measurements.",
        fieldPath = ".window")
public record TuningSpec(
        @Default("Disabled")
        @JsonPropertyDescription(
                "Disabled: no tuning. Recommend: recommended values are reported in status.tuning. Auto: they are also"
                        + " applied to the running pods; the spec is never changed.")
        Mode mode,

        @Default("1m") @DurationFormat @JsonPropertyDescription("How often the settings are evaluated.")
        GatewayDuration interval,

        @Default("10m")
        @DurationFormat
        @JsonPropertyDescription(
                "Time span of the measurements that an evaluation uses; settings do not change until it is"
                        + " covered.")
        GatewayDuration window,

        @JsonPropertyDescription("Bounds of each tuned setting.")
        Bounds bounds) {

    static final TuningSpec DEFAULT = new TuningSpec(null, null, null, null);

    public TuningSpec {
        mode = Defaults.orElse(mode, Mode.Disabled);
        interval = Defaults.orElse(interval, "1m");
        window = Defaults.orElse(window, "10m");
        bounds = Defaults.orElse(bounds, Bounds.DEFAULT);
    }

    /** What the operator does with recommended values. */
    public enum Mode {
        Disabled,
        Recommend,
        Auto
    }

    /** Bounds of each tuned setting. */
    @ApiType
    public record Bounds(
            @JsonPropertyDescription("Bounds of connectionPool.maxConnectionsPerBackend.")
            ConnectionBounds maxConnectionsPerBackend,

            @JsonPropertyDescription("Bounds of connectionPool.acquireTimeout.")
            DurationBounds acquireTimeout) {

        static final Bounds DEFAULT = new Bounds(null, null);

        public Bounds {
            maxConnectionsPerBackend = Defaults.orElse(maxConnectionsPerBackend, ConnectionBounds.DEFAULT);
            acquireTimeout = Defaults.orElse(acquireTimeout, DurationBounds.DEFAULT);
        }
    }

    /** Bounds of a number of connections. */
    @ApiType
    @ValidationRule(
            value = "self.min <= self.max",
            message = "tuning.bounds.maxConnectionsPerBackend.min must be at most"
                    + " tuning.bounds.maxConnectionsPerBackend.max.",
            fieldPath = ".min")
    public record ConnectionBounds(
            @Default("4") @Min(1) @Max(65535) @JsonPropertyDescription("Minimum number of connections.")
            Integer min,

            @Default("100") @Min(1) @Max(65535) @JsonPropertyDescription("Maximum number of connections.")
            Integer max) {

        static final ConnectionBounds DEFAULT = new ConnectionBounds(null, null);

        public ConnectionBounds {
            min = Defaults.orElse(min, 4);
            max = Defaults.orElse(max, 100);
        }
    }

    /** Bounds of a timeout. */
    @ApiType
    @ValidationRule(
            value = "duration(self.min).getMilliseconds() > 0 && duration(self.min).getMilliseconds() <="
                    + " duration(self.max).getMilliseconds()",
            message = "tuning.bounds.acquireTimeout.min must be greater than 0s and at most"
                    + " tuning.bounds.acquireTimeout.max.",
            fieldPath = ".min")
    public record DurationBounds(
            @Default("100ms") @DurationFormat @JsonPropertyDescription("Minimum timeout.")
            GatewayDuration min,

            @Default("5s") @DurationFormat @JsonPropertyDescription("Maximum timeout.")
            GatewayDuration max) {

        static final DurationBounds DEFAULT = new DurationBounds(null, null);

        public DurationBounds {
            min = Defaults.orElse(min, "100ms");
            max = Defaults.orElse(max, "5s");
        }
    }
}
