package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.util.Locale;

/** Formats figures for people. */
public final class Formats {

    private static final double MIB = 1024 * 1024;

    private Formats() {}

    /** An amount with its unit: bytes in KiB or MiB. */
    public static String amount(double value, String unit) {
        return switch (unit) {
            case "bytes" -> bytes(value);
            default ->
                String.format(
                        Locale.ROOT,
                        Math.abs(value) < 10 ? "%.1f%s" : "%.0f%s",
                        value,
                        unit.equals("%") ? "%" : " " + unit);
        };
    }

    private static String bytes(double value) {
        double size = Math.abs(value);
        if (size < MIB) {
            return String.format(Locale.ROOT, "%.1f KiB", value / 1024);
        }
        return String.format(Locale.ROOT, size < 10 * MIB ? "%.2f MiB" : "%.0f MiB", value / MIB);
    }

    /** A duration in its two largest units. */
    public static String time(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7200) {
            return seconds / 60 + " min";
        }
        return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
