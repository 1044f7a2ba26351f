package io.proxyroute.e2e.workload;

import io.proxyroute.testbed.load.LoadLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether a load came through: no request was lost, and it was as constant as it was meant to be. */
public final class LoadVerdict {

    private LoadVerdict() {}

    /** What is wrong, in sentences; empty when all is well. */
    public static List<String> complaints(LoadLine.Summary load) {
        List<String> complaints = new ArrayList<>();
        if (load.failed() > 0) {
            complaints.add(load.failed() + " requests of " + load.target() + " were lost: " + load.causes());
        }
        if (load.fellBehind()) {
            complaints.add(String.format(
                    Locale.ROOT,
                    "The run is void: the generator of %s fell behind by %.0f ms.",
                    load.target(),
                    load.maxLagMillis()));
        }
        return complaints;
    }
}
