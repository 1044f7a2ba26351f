package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.workload.Load;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.util.Map;

/** How every test judges its load: no request was lost, and the load was as constant as it was meant to be. */
final class Traffic {

    private Traffic() {}

    /** Ends a load early and judges it. */
    static Map<String, LoadLine.Summary> assertNothingLost(Load load) {
        return judge(load, load.stop());
    }

    /** Waits for the end of a load and judges it. */
    static Map<String, LoadLine.Summary> assertNothingLost(Load load, Duration limit) {
        return judge(load, load.await(limit));
    }

    private static Map<String, LoadLine.Summary> judge(Load load, Map<String, LoadLine.Summary> summaries) {
        assertThat(load.losses()).isEmpty();
        assertThat(summaries.values()).allSatisfy(each -> {
            assertThat(each.failed()).isZero();
            assertThat(each.fellBehind())
                    .as("void: %s fell behind by %s ms", each.target(), each.maxLagMillis())
                    .isFalse();
        });
        return summaries;
    }
}
