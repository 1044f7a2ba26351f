package io.proxyroute.operator.remediation.decision;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.SATURDAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 2030-01-04 is a Friday; Zurich is an hour ahead of UTC in winter, and two in summer. */
class BlackoutTest {

    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");

    @ParameterizedTest
    @CsvSource({
        "2030-01-04T20:59:59Z, false", // Friday 21:59:59 in Zurich
        "2030-01-04T21:00:00Z, true", // start
        "2030-01-04T23:30:00Z, true", // Saturday 00:30, still the window of Friday
        "2030-01-05T04:59:59Z, true",
        "2030-01-05T05:00:00Z, false", // the end is exclusive
        "2030-01-05T21:00:00Z, false", // no window starts on Saturday
        "2030-01-04T02:00:00Z, false", // or on Thursday
    })
    void startsOnItsDaysAndLastsPastMidnight(Instant at, boolean active) {
        assertThat(window(Set.of(FRIDAY), "22:00", Duration.ofHours(8)).contains(at))
                .isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({
        "2030-01-01T03:30:00Z, true",
        "2030-01-06T03:59:00Z, true",
        "2030-01-06T04:00:00Z, false",
        "2030-07-06T01:59:00Z, false", // 03:59 in summer
        "2030-07-06T02:00:00Z, true",
    })
    void isActiveEveryDayWithoutDays(Instant at, boolean active) {
        assertThat(window(Set.of(), "04:00", Duration.ofHours(1)).contains(at)).isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({"2030-01-05T11:00:00Z, true", "2030-01-06T10:59:00Z, true", "2030-01-06T11:00:00Z, false"})
    void mayLastTwentyFourHours(Instant at, boolean active) {
        assertThat(window(Set.of(SATURDAY), "12:00", Duration.ofHours(24)).contains(at))
                .isEqualTo(active);
    }

    private static Blackout window(Set<DayOfWeek> days, String start, Duration length) {
        return new Blackout(days, LocalTime.parse(start), length, ZURICH);
    }
}
