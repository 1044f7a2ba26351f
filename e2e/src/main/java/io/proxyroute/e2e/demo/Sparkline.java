package io.proxyroute.e2e.demo;

import java.util.List;

/** A one-line bar chart of block characters. */
final class Sparkline {

    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /**
     * Draws the newest values, one character each.
     *
     * @param values values from 0 to {@code max}
     * @param width characters; padded with spaces at the left if there are fewer values
     */
    static String of(List<Double> values, double max, int width) {
        StringBuilder chart = new StringBuilder();
        int from = Math.max(0, values.size() - width);
        chart.repeat(' ', width - (values.size() - from));
        for (double value : values.subList(from, values.size())) {
            int level = max <= 0 ? 0 : (int) Math.ceil(value / max * (BLOCKS.length() - 1));
            chart.append(BLOCKS.charAt(Math.clamp(level, 0, BLOCKS.length() - 1)));
        }
        return chart.toString();
    }
}
