package io.proxyroute.contract.diagnostics;

import java.time.Instant;
import java.util.List;

/**
 * Live objects by class. Taking it stops the process for a full collection.
 *
 * @param at when it was taken
 * @param totalBytes over all classes
 * @param rows largest first; at most 300
 */
public record ClassHistogram(Instant at, long totalBytes, List<Row> rows) {

    /**
     * The instances of one class.
     *
     * @param className as in source code, so {@code byte[]} and not {@code [B}
     * @param instances how many
     * @param bytes their shallow size
     */
    public record Row(String className, long instances, long bytes) {}
}
