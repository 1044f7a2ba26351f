package io.proxyroute.operator.remediation.decision;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * A weekly window in which no action is taken.
 *
 * @param days days on which the period starts; every day if empty
 * @param start time of day
 * @param length duration, at most 24 h
 * @param zone time zone of {@code days} and {@code start}
 */
public record Blackout(Set<DayOfWeek> days, LocalTime start, Duration length, ZoneId zone) {

    /** Whether it is active. */
    boolean contains(Instant now) {
        ZonedDateTime today = now.atZone(zone);
        return covers(today.with(start), now) || covers(today.minusDays(1).with(start), now);
    }

    private boolean covers(ZonedDateTime first, Instant now) {
        boolean startsThatDay = days.isEmpty() || days.contains(first.getDayOfWeek());
        Instant from = first.toInstant();
        return startsThatDay && !now.isBefore(from) && now.isBefore(from.plus(length));
    }
}
