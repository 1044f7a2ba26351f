package io.proxyroute.proxy.telemetry;

import java.time.Instant;
import java.util.Arrays;

/**
 * Formats points in time as RFC 3339 in UTC with milliseconds. Keeps the text of the latest second, so that a busy log
 * formats a date once per second. Not thread-safe.
 */
final class TimestampFormat {

    private static final int SECONDS_LENGTH = "2026-01-01T00:00:00".length();

    private long second = Long.MIN_VALUE;
    private char[] text;

    /** The text of a time in milliseconds since 1970, in the years 1970 to 9999. */
    String format(long epochMillis) {
        long current = Math.floorDiv(epochMillis, 1000L);
        if (current != second) {
            String seconds = Instant.ofEpochSecond(current).toString();
            text = Arrays.copyOf(seconds.toCharArray(), SECONDS_LENGTH + ".000Z".length());
            text[SECONDS_LENGTH] = '.';
            text[SECONDS_LENGTH + 4] = 'Z';
            second = current;
        }
        int millis = (int) Math.floorMod(epochMillis, 1000L);
        text[SECONDS_LENGTH + 1] = (char) ('0' + millis / 100);
        text[SECONDS_LENGTH + 2] = (char) ('0' + millis / 10 % 10);
        text[SECONDS_LENGTH + 3] = (char) ('0' + millis % 10);
        return new String(text);
    }
}
