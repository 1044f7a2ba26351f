package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** Pool settings derived from measured concurrency. */
@ApiType
@ValidationRule(
        value = "!has(self.interval) || !valid(self.interval) || ms(self.interval) >= 100",
        messageExpression = "'tuning.interval is ' + self.interval + ', but must be at least 100ms.'",
        message = "tuning.interval must be at least 100ms.",
        fieldPath = ".interval")
@ValidationRule(
        value = "!has(self.interval) || !has(self.window) || !valid(self.interval) || !valid(self.window) ||"
                + " ms(self.interval) < 100 || ms(self.interval) <= ms(self.window) && ms(self.window) <= 1000 *"
                + " ms(self.interval)",
        messageExpression =
                "'tuning.window is ' + self.window + ', but must be at least tuning.interval (' + self.interval"
                        + " + ') and at most 1000 times as long: the operator keeps 1000 measurements. Change one of them.'",
        message =
                "tuning.window must be at least tuning.interval and at most 1000 times as long: the operator keeps 1000"
                        + " measurements.",
        fieldPath = ".window")
public record TuningSpec(
        @Default("Disabled")
        @JsonPropertyDescription(
                "Disabled: no tuning. Recommend: recommended values are reported in status.tuning. Auto: they are also"
                        + " applied to the running pods; the spec is never changed.")
        Mode mode,

        @DurationFormat
        @JsonPropertyDescription(
                "How often the settings are evaluated. When omitted, 1m, or as close to it as window allows.")
        GatewayDuration interval,

        @DurationFormat
        @JsonPropertyDescription(
                "Time span of the measurements that an evaluation uses; settings do not change until it is"
                        + " covered. At least interval, and at most 1000 times as long. When omitted, 10m, or as close to"
                        + " it as interval allows.")
        GatewayDuration window,

        @JsonPropertyDescription("Bounds of each tuned setting.")
        Bounds bounds) {

    /** How many measurements the operator keeps. */
    private static final int MEASUREMENTS = 1000;

    static final TuningSpec DEFAULT = new TuningSpec(null, null, null, null);

    public TuningSpec {
        mode = Defaults.orElse(mode, Mode.Disabled);
        if (interval == null) {
            GatewayDuration usual = new GatewayDuration("1m");
            interval = window == null
                    ? usual
                    : GatewayDuration.max(GatewayDuration.min(usual, window), window.dividedBy(MEASUREMENTS));
        }
        if (window == null) {
            window = GatewayDuration.max(
                    GatewayDuration.min(new GatewayDuration("10m"), interval.multipliedBy(MEASUREMENTS)), interval);
        }
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
            value = "!has(self.min) || !has(self.max) || self.min > 65535 || self.max < 1 || self.min <= self.max",
            message = "tuning.bounds.maxConnectionsPerBackend.min must be at most"
                    + " tuning.bounds.maxConnectionsPerBackend.max: change one of them.",
            fieldPath = ".min")
    public record ConnectionBounds(
            @Min(1)
            @Max(65535)
            @JsonPropertyDescription("Minimum number of connections. When omitted, the lower of 4 and max.")
            Integer min,

            @Min(1)
            @Max(65535)
            @JsonPropertyDescription(
                    "Maximum number of connections; at most connectionPool.maxConnections. When omitted, 100, or as close"
                            + " to it as min and connectionPool.maxConnections allow.")
            Integer max) {

        static final ConnectionBounds DEFAULT = new ConnectionBounds(null, null);

        public ConnectionBounds {
            min = Defaults.orElse(min, max == null ? 4 : Math.min(4, max));
            max = Defaults.orElse(max, Math.max(100, min));
        }
    }

    /** Bounds of a timeout. */
    @ApiType
    @ValidationRule(
            value = "!has(self.min) || !valid(self.min) || ms(self.min) > 0",
            message = "tuning.bounds.acquireTimeout.min must be greater than 0s.",
            fieldPath = ".min")
    @ValidationRule(
            value = "!has(self.min) || !has(self.max) || !valid(self.min) || !valid(self.max) || ms(self.min) <="
                    + " ms(self.max)",
            messageExpression =
                    "'tuning.bounds.acquireTimeout.min is ' + self.min + ', but must be at most max, which is '"
                            + " + self.max + ': change one of them.'",
            message = "tuning.bounds.acquireTimeout.min must be at most tuning.bounds.acquireTimeout.max.",
            fieldPath = ".min")
    public record DurationBounds(
            @DurationFormat @JsonPropertyDescription("Minimum timeout. When omitted, the lower of 100ms and max.")
            GatewayDuration min,

            @DurationFormat @JsonPropertyDescription("Maximum timeout. When omitted, the higher of 5s and min.")
            GatewayDuration max) {

        static final DurationBounds DEFAULT = new DurationBounds(null, null);

        public DurationBounds {
            GatewayDuration low = new GatewayDuration("100ms");
            min = min != null ? min : max == null ? low : GatewayDuration.min(low, max);
            max = max != null ? max : GatewayDuration.max(new GatewayDuration("5s"), min);
        }
    }
}
