package io.proxyroute.proxy.diagnostics;

import io.proxyroute.contract.Json;
import java.io.IOException;

/**
 * Takes each kind of diagnostics once before readiness and discards it. Otherwise the classes that this loads would show
 * up as growth between the first two histograms of the process.
 */
public final class DiagnosticsWarmUp {

    private DiagnosticsWarmUp() {}

    /** Pauses the process for a full collection. */
    public static void run(ThreadReports threads, ClassHistograms classes) throws IOException {
        Json.MAPPER.writeValueAsBytes(classes.take());
        Json.MAPPER.writeValueAsBytes(threads.take());
    }
}
