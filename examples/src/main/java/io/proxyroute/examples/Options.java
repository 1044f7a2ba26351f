package io.proxyroute.examples;

import java.util.Map;

/** Reads a filter's options; a wrong one is refused with its name and what would be right. */
public final class Options {

    private Options() {}

    /**
     * A whole number of at least 1.
     *
     * @throws IllegalArgumentException it is something else
     */
    public static int positive(Map<String, String> config, String name, int otherwise) {
        String text = config.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, in the words of the option.
        }
        throw new IllegalArgumentException(
                "option " + name + " is '" + text + "', but must be a whole number of at least 1");
    }

    /**
     * A path on a backend.
     *
     * @throws IllegalArgumentException it does not start with a slash
     */
    public static String path(Map<String, String> config, String name, String otherwise) {
        String text = config.getOrDefault(name, otherwise);
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("option " + name + " is '" + text + "', but must start with a slash");
        }
        return text;
    }
}
