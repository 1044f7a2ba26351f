package io.proxyroute.operator.remediation.decision;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * A time of the week in which nothing is touched.
 *
 * @param days on which it begins; every day when empty
 * @param start time of day
 * @param length at most 24 h
 * @param zone of days and start
 */
public record Blackout(Set<DayOfWeek> days, LocalTime start, Duration length, ZoneId zone) {

    /** Whether it is on. */
    boolean contains(Instant now) {
        ZonedDateTime today = now.atZone(zone);
        return covers(today.with(start), now) || covers(today.minusDays(1).with(start), now);
    }

    private boolean covers(ZonedDateTime begin, Instant now) {
        boolean thatDay = days.isEmpty() || days.contains(begin.getDayOfWeek());
        Instant from = begin.toInstant();
        return thatDay && !now.isBefore(from) && now.isBefore(from.plus(length));
    }
}
