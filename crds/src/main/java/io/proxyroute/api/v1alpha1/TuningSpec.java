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
        message = "tuning.window must be at most 1000 x tuning.interval: that many measurements are kept.",
        fieldPath = ".window")
public record TuningSpec(
        @Default("Disabled")
        @JsonPropertyDescription(
                "Disabled: no tuning. Recommend: recommended values are reported in status.tuning. Auto: they are also"
                        + " applied to the running pods; the spec is never changed.")
        Mode mode,

        @Default("1m") @DurationFormat @JsonPropertyDescription("How often the settings are thought over.")
        GatewayDuration interval,

        @Default("10m")
        @DurationFormat
        @JsonPropertyDescription("Measurements of this long decide; nothing is changed before they are there.")
        GatewayDuration window,

        @JsonPropertyDescription("What each tuned setting may be.")
        Bounds bounds) {

    static final TuningSpec DEFAULT = new TuningSpec(null, null, null, null);

    public TuningSpec {
        mode = Absent.or(mode, Mode.Disabled);
        interval = Absent.or(interval, "1m");
        window = Absent.or(window, "10m");
        bounds = Absent.or(bounds, Bounds.DEFAULT);
    }

    /** What becomes of better values. */
    public enum Mode {
        Disabled,
        Recommend,
        Auto
    }

    /** What each tuned setting may be. */
    @ApiType
    public record Bounds(
            @JsonPropertyDescription("Of connectionPool.maxConnectionsPerBackend.")
            ConnectionBounds maxConnectionsPerBackend,

            @JsonPropertyDescription("Of connectionPool.acquireTimeout.")
            DurationBounds acquireTimeout) {

        static final Bounds DEFAULT = new Bounds(null, null);

        public Bounds {
            maxConnectionsPerBackend = Absent.or(maxConnectionsPerBackend, ConnectionBounds.DEFAULT);
            acquireTimeout = Absent.or(acquireTimeout, DurationBounds.DEFAULT);
        }
    }

    /** Bounds of a number of connections. */
    @ApiType
    @ValidationRule(
            value = "self.min <= self.max",
            message = "tuning.bounds.maxConnectionsPerBackend.min must be at most its max.",
            fieldPath = ".min")
    public record ConnectionBounds(
            @Default("4") @Min(1) @Max(65535) @JsonPropertyDescription("Fewest connections.")
            Integer min,

            @Default("100") @Min(1) @Max(65535) @JsonPropertyDescription("Most connections.")
            Integer max) {

        static final ConnectionBounds DEFAULT = new ConnectionBounds(null, null);

        public ConnectionBounds {
            min = Absent.or(min, 4);
            max = Absent.or(max, 100);
        }
    }

    /** Bounds of a wait. */
    @ApiType
    @ValidationRule(
            value = "duration(self.min).getMilliseconds() > 0 && duration(self.min).getMilliseconds() <="
                    + " duration(self.max).getMilliseconds()",
            message = "tuning.bounds.acquireTimeout.min must be over 0s and at most its max.",
            fieldPath = ".min")
    public record DurationBounds(
            @Default("100ms") @DurationFormat @JsonPropertyDescription("Shortest wait.")
            GatewayDuration min,

            @Default("5s") @DurationFormat @JsonPropertyDescription("Longest wait.")
            GatewayDuration max) {

        static final DurationBounds DEFAULT = new DurationBounds(null, null);

        public DurationBounds {
            min = Absent.or(min, "100ms");
            max = Absent.or(max, "5s");
        }
    }
}
