package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A duration in the format of the Gateway API (GEP-2257): up to four numbers, each with a unit, for example {@code
 * 1h30m} or {@code 500ms}. In addition, it may start with a number of days, for example {@code 7d}. The record keeps the user's text: {@code 60s} and {@code 1m} are not equal, so compare
 * {@link #toJava()}.
 *
 * @param text matches {@link #PATTERN}
 */
public record GatewayDuration(@JsonValue String text) {

    /** The pattern that the API server validates. */
    public static final String PATTERN = "^(([0-9]{1,3}d)?([0-9]{1,5}(h|m|s|ms)){1,4}|[0-9]{1,3}d)$";

    /** Three digits of days, and four parts of five digits and two letters. */
    static final int MAX_LENGTH = 32;

    private static final Duration LONGEST = Duration.ofHours(99_999);
    private static final Pattern WHOLE = Pattern.compile(PATTERN);
    private static final Pattern PART = Pattern.compile("([0-9]{1,5})(ms|d|h|m|s)");

    /** @throws IllegalArgumentException when the text is not a duration */
    @JsonCreator
    public GatewayDuration {
        if (text == null || !WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a duration must be numbers with units, for example 7d, 1h30m or 500ms, but is" + " \"" + text
                            + "\"");
        }
    }

    /** @throws IllegalArgumentException when the text is not a duration */
    public static GatewayDuration parse(String text) {
        return new GatewayDuration(text);
    }

    /**
     * Formats a duration, rounded down to milliseconds.
     *
     * @throws IllegalArgumentException when it is negative or longer than 99,999 h
     */
    public static GatewayDuration of(Duration duration) {
        if (duration.isNegative() || duration.toHours() > 99_999) {
            throw new IllegalArgumentException("a duration must be between 0s and 99999h, but is " + duration);
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return new GatewayDuration(text.isEmpty() ? "0s" : text.toString());
    }

    /** The shorter one. */
    static GatewayDuration min(GatewayDuration one, GatewayDuration other) {
        return one.toJava().compareTo(other.toJava()) <= 0 ? one : other;
    }

    /** The longer one. */
    static GatewayDuration max(GatewayDuration one, GatewayDuration other) {
        return one.toJava().compareTo(other.toJava()) >= 0 ? one : other;
    }

    /** Limited to the longest duration that the format allows. */
    GatewayDuration multipliedBy(int factor) {
        Duration product = toJava().multipliedBy(factor);
        return of(product.compareTo(LONGEST) < 0 ? product : LONGEST);
    }

    GatewayDuration dividedBy(int divisor) {
        return of(toJava().dividedBy(divisor));
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number > 0) {
            text.append(number).append(unit);
        }
    }

    /** Converts to the JDK's type. */
    public Duration toJava() {
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            long number = Long.parseLong(parts.group(1));
            sum = sum.plus(
                    switch (parts.group(2)) {
                        case "d" -> Duration.ofDays(number);
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMillis(number);
                    });
        }
        return sum;
    }

    @Override
    public String toString() {
        return text;
    }
}
