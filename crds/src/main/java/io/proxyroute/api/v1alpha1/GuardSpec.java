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

/** Limits on the actions of remediation. */
@ApiType
@ValidationRule(
        value = "!has(self.cooldown) || !valid(self.cooldown) || !valid(self.maxCooldown) || ms(self.cooldown) <="
                + " ms(self.maxCooldown)",
        messageExpression = "'remediation.guard.cooldown is ' + self.cooldown + ', but must be at most"
                + " remediation.guard.maxCooldown, which is ' + shown(self.maxCooldown, '6h') + ': lower it, or raise"
                + " maxCooldown.'",
        message = "remediation.guard.cooldown must be at most remediation.guard.maxCooldown.",
        fieldPath = ".cooldown")
public record GuardSpec(
        @Default("75")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription(
                "Percentage of the desired pods that must be ready, not counting the pod to replace, rounded" + " up.")
        Integer minHealthyPercent,

        @Default("3")
        @Min(1)
        @Max(3600)
        @JsonPropertyDescription(
                "Maximum number of pods detached within an hour, whether they are replaced or reattached.")
        Integer maxActionsPerHour,

        @DurationFormat
        @JsonPropertyDescription(
                "Pause after a replacement. It doubles when a replacement does not help or is aborted. When omitted, the"
                        + " lower of 10m and maxCooldown.")
        GatewayDuration cooldown,

        @Default("6h") @DurationFormat @JsonPropertyDescription("Maximum pause.")
        GatewayDuration maxCooldown,

        @Size(max = 16) @JsonPropertyDescription("Weekly time windows in which no pod is replaced.")
        List<BlackoutWindow> blackoutWindows,

        @Default("50")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "When a larger percentage of pods breaches a threshold at the same time, the pods are only observed,"
                        + " because the cause is unlikely to be in the pods. Confirmed leaks are still replaced, one at a"
                        + " time.")
        Integer maxSuspectPercent) {

    static final GuardSpec DEFAULT = new GuardSpec(null, null, null, null, null, null);

    public GuardSpec {
        minHealthyPercent = Defaults.orElse(minHealthyPercent, 75);
        maxActionsPerHour = Defaults.orElse(maxActionsPerHour, 3);
        maxCooldown = Defaults.orElse(maxCooldown, "6h");
        cooldown = cooldown != null ? cooldown : GatewayDuration.min(new GatewayDuration("10m"), maxCooldown);
        blackoutWindows = Defaults.orEmpty(blackoutWindows);
        maxSuspectPercent = Defaults.orElse(maxSuspectPercent, 50);
    }

    /** A weekly time window in which no pod is replaced. */
    @ApiType
    @ValidationRule(
            value = "!valid(self.duration) || ms(self.duration) > 0 && ms(self.duration) <= 86400000",
            message = "remediation.guard.blackoutWindows[].duration must be greater than 0s and at most 24h.",
            fieldPath = ".duration")
    public record BlackoutWindow(
            @Size(max = 7) @JsonPropertyDescription("Days on which the window starts; every day when omitted.")
            List<Day> days,

            @Required
            @Size(min = 5, max = 5)
            @Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$")
            @JsonPropertyDescription("Time of day at which the window starts, for example 22:30.")
            String start,

            @Required @DurationFormat @JsonPropertyDescription("Length of the window; at most 24h.")
            GatewayDuration duration,

            @Size(min = 1, max = 64)
            @Pattern("^[A-Za-z0-9+\\-_]+(/[A-Za-z0-9+\\-_]+)*$")
            @JsonPropertyDescription("IANA time zone of start, for example Europe/Zurich; UTC when omitted.")
            String timeZone) {

        public BlackoutWindow {
            days = Defaults.orEmpty(days);
            timeZone = Defaults.orElse(timeZone, "UTC");
        }

        /** A day of the week. */
        public enum Day {
            Mon,
            Tue,
            Wed,
            Thu,
            Fri,
            Sat,
            Sun
        }
    }
}
