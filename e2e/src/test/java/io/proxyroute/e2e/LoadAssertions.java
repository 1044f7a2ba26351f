package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.util.Map;

/** Asserts that a load lost no request, and that the generator kept its rate. */
final class LoadAssertions {

    private LoadAssertions() {}

    /** Stops a load early and checks it. */
    static Map<String, LoadReport.Summary> assertNothingLost(LoadGenerator load) {
        return check(load, load.stop());
    }

    /** Waits for the end of a load and checks it. */
    static Map<String, LoadReport.Summary> assertNothingLost(LoadGenerator load, Duration timeout) {
        return check(load, load.await(timeout));
    }

    private static Map<String, LoadReport.Summary> check(
            LoadGenerator load, Map<String, LoadReport.Summary> summaries) {
        assertThat(load.losses()).isEmpty();
        assertThat(summaries.values()).allSatisfy(each -> {
            assertThat(each.failed()).isZero();
            assertThat(each.fellBehind())
                    .as("the generator of %s fell behind by %s ms", each.target(), each.maxLagMillis())
                    .isFalse();
        });
        return summaries;
    }
}
