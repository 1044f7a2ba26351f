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

/** What must hold before anything is done to a pod. */
@ApiType
@ValidationRule(
        value = "duration(self.cooldown).getMilliseconds() <= duration(self.maxCooldown).getMilliseconds()",
        message = "remediation.guard.cooldown must be at most remediation.guard.maxCooldown.",
        fieldPath = ".cooldown")
public record GuardSpec(
        @Default("75")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription(
                "Pods other than the one replaced that must be ready, in percent of the wanted number, rounded up.")
        Integer minHealthyPercent,

        @Default("3")
        @Min(1)
        @Max(3600)
        @JsonPropertyDescription("Pods detached within any hour, whether they are replaced or put back.")
        Integer maxActionsPerHour,

        @Default("10m")
        @DurationFormat
        @JsonPropertyDescription("Pause after a replacement; doubled when it did not help, or was given up.")
        GatewayDuration cooldown,

        @Default("6h") @DurationFormat @JsonPropertyDescription("Longest pause.")
        GatewayDuration maxCooldown,

        @Size(max = 16) @JsonPropertyDescription("Times of the week in which nothing is done to a pod.")
        List<BlackoutWindow> blackoutWindows,

        @Default("50")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "When more pods than this breach a threshold at once, in percent, they are observed only: the cause"
                        + " is not in the pods. Confirmed leaks are replaced one at a time all the same.")
        Integer maxSuspectPercent) {

    static final GuardSpec DEFAULT = new GuardSpec(null, null, null, null, null, null);

    public GuardSpec {
        minHealthyPercent = Absent.or(minHealthyPercent, 75);
        maxActionsPerHour = Absent.or(maxActionsPerHour, 3);
        cooldown = Absent.or(cooldown, "10m");
        maxCooldown = Absent.or(maxCooldown, "6h");
        blackoutWindows = Absent.orEmpty(blackoutWindows);
        maxSuspectPercent = Absent.or(maxSuspectPercent, 50);
    }

    /** A time of the week in which nothing is done. */
    @ApiType
    @ValidationRule(
            value = "duration(self.duration).getMilliseconds() > 0 && duration(self.duration).getMilliseconds() <="
                    + " 86400000",
            message = "remediation.guard.blackoutWindows[].duration must be over 0s and at most 24h.",
            fieldPath = ".duration")
    public record BlackoutWindow(
            @Size(max = 7) @JsonPropertyDescription("Days on which it begins; every day when left out.")
            List<Day> days,

            @Required
            @Size(min = 5, max = 5)
            @Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$")
            @JsonPropertyDescription("Time of day at which it begins, as 22:30.")
            String start,

            @Required @DurationFormat @JsonPropertyDescription("How long it lasts; at most 24h.")
            GatewayDuration duration,

            @Default("UTC")
            @Size(min = 1, max = 64)
            @Pattern("^[A-Za-z0-9+\\-_]+(/[A-Za-z0-9+\\-_]+)*$")
            @JsonPropertyDescription("Time zone of the IANA database, as Europe/Zurich.")
            String timeZone) {

        public BlackoutWindow {
            days = Absent.orEmpty(days);
            timeZone = Absent.or(timeZone, "UTC");
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
