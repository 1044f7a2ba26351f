package io.proxyroute.contract.diagnostics;

import java.time.Instant;
import java.util.List;

/**
 * Live objects by class. Taking the histogram pauses the process for a full collection.
 *
 * @param at when it was taken
 * @param totalBytes over all classes
 * @param rows largest first; at most 300
 */
public record ClassHistogram(Instant at, long totalBytes, List<Row> rows) {

    /**
     * The instances of one class.
     *
     * @param className class name in source notation, {@code byte[]} instead of {@code [B}
     * @param instances number of instances
     * @param bytes their total shallow size
     */
    public record Row(String className, long instances, long bytes) {}
}
