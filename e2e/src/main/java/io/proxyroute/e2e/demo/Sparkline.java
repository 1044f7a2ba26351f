package io.proxyroute.e2e.demo;

import java.util.List;

/** A row of block characters, one for each value. */
final class Sparkline {

    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /**
     * Draws the newest values.
     *
     * @param values from 0 to {@code top}
     * @param width characters; missing values are left blank, at the left
     */
    static String of(List<Double> values, double top, int width) {
        StringBuilder row = new StringBuilder();
        int from = Math.max(0, values.size() - width);
        row.repeat(' ', width - (values.size() - from));
        for (double value : values.subList(from, values.size())) {
            int step = top <= 0 ? 0 : (int) Math.ceil(value / top * (BLOCKS.length() - 1));
            row.append(BLOCKS.charAt(Math.clamp(step, 0, BLOCKS.length() - 1)));
        }
        return row.toString();
    }
}
