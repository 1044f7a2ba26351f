package io.proxyroute.examples;

import java.util.Map;

/** Reads the options of a filter. An invalid value is reported with its name, the value, and what is valid. */
public final class Options {

    private Options() {}

    /**
     * Reads a positive integer.
     *
     * @throws IllegalArgumentException the value is not a positive integer
     */
    public static int positive(Map<String, String> config, String name, int defaultValue) {
        String text = config.get(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "option " + name + " is '" + text + "', but must be a whole number of at least 1");
    }

    /**
     * Reads a path on a backend.
     *
     * @throws IllegalArgumentException the value does not start with a slash
     */
    public static String path(Map<String, String> config, String name, String defaultValue) {
        String text = config.getOrDefault(name, defaultValue);
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("option " + name + " is '" + text + "', but must start with a slash");
        }
        return text;
    }
}
