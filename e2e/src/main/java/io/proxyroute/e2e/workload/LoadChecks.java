package io.proxyroute.e2e.workload;

import io.proxyroute.testbed.load.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks a load: no request was lost, and the generator kept its rate. */
public final class LoadChecks {

    private LoadChecks() {}

    /** One sentence per failed check; empty if the load passed. */
    public static List<String> failures(LoadReport.Summary load) {
        List<String> failures = new ArrayList<>();
        if (load.failed() > 0) {
            failures.add(load.failed() + " requests of " + load.target() + " were lost: " + load.causes());
        }
        if (load.fellBehind()) {
            failures.add(String.format(
                    Locale.ROOT,
                    "The run is void: the generator of %s fell behind by %.0f ms.",
                    load.target(),
                    load.maxLagMillis()));
        }
        return failures;
    }
}
