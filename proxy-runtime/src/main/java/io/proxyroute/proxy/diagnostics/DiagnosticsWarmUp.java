package io.proxyroute.proxy.diagnostics;

import io.proxyroute.contract.Json;
import java.io.IOException;

/**
 * Takes each kind of evidence once and drops it, before the process is ready. The classes and tables that this loads
 * would otherwise be loaded between the first histogram of a process and the second, and be taken for growth.
 */
public final class DiagnosticsWarmUp {

    private DiagnosticsWarmUp() {}

    /** Stops the process for a full collection. */
    public static void run(ThreadReports threads, ClassHistograms classes) throws IOException {
        Json.MAPPER.writeValueAsBytes(classes.take());
        Json.MAPPER.writeValueAsBytes(threads.take());
    }
}
