package io.proxyroute.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.testbed.load.LoadReport;
import io.proxyroute.testbed.load.LossCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoChecksTest {

    private static final ClusterSnapshot.PodState LEAKING = pod("leaking", 0);
    private static final ClusterSnapshot.PodState HEALTHY = pod("healthy", 0);
    private static final ClusterSnapshot.PodState REPLACEMENT = pod("replacement", 0);
    private static final String NAMED =
            "Pod leaking. The live set grows. The only custom filter: recent-searches (io.x.StaticMap). The ledger has no filter that leaks reclaimable resources.";

    @Test
    void passesWhenLeakingPodIsReplaced() {
        assertThat(DemoChecks.failures(result(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT)))
                .isEmpty();
    }

    @Test
    void failsWhenHealthyPodIsReplaced() {
        assertThat(DemoChecks.failures(result(run(HEALTHY, "Recovered", NAMED), LEAKING, REPLACEMENT)))
                .containsExactly("The searches reached leaking, but the run replaced healthy.");
    }

    @Test
    void failsWhenLeakingPodIsUnknown() {
        DemoResult known = result(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT);
        DemoResult unknown =
                new DemoResult(known.atStart(), known.atEnd(), Optional.empty(), 10, 60, known.loads(), known.losses());

        assertThat(DemoChecks.failures(unknown)).singleElement().asString().contains("No pod counted a search");
    }

    @Test
    void failsWhenEvidenceDoesNotNameFilter() {
        String none = "The only custom filter: other-recent-searches (io.x.Y). The ledger names no filter.";

        assertThat(Stream.of(none, "Growing classes: recent-searches.", null)
                        .map(evidence -> result(run(LEAKING, "Recovered", evidence), HEALTHY, REPLACEMENT))
                        .map(DemoChecks::failures))
                .allSatisfy(failures ->
                        assertThat(failures).containsExactly("The evidence does not name the filter recent-searches."));
    }

    @Test
    void failsWhenLeakIsNotDetected() {
        assertThat(DemoChecks.failures(result(null, LEAKING, HEALTHY)))
                .containsExactly("The operator did not detect the leak.");
    }

    @Test
    void failsWhenRunDoesNotRecover() {
        assertThat(DemoChecks.failures(result(run(LEAKING, "Aborted", NAMED), LEAKING, HEALTHY)))
                .containsExactly(
                        "The outcome of the run is Aborted: what happened", "The leaking pod leaking still exists.");
    }

    @Test
    void failsWhenHealthyPodDisappearsOrContainerRestarts() {
        assertThat(DemoChecks.failures(result(run(LEAKING, "Recovered", NAMED), pod("replacement", 2))))
                .containsExactly("The container of replacement restarted 2 times.", "The healthy pod healthy is gone.");
    }

    @Test
    void failsWhenRequestsAreLostOrGeneratorFallsBehind() {
        DemoResult passing = result(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT);
        DemoResult lossy = new DemoResult(
                passing.atStart(),
                passing.atEnd(),
                passing.indexedPod(),
                10,
                60,
                Map.of("visitors", summary(2, true)),
                List.of());

        assertThat(DemoChecks.failures(lossy))
                .containsExactly(
                        "2 requests of visitors were lost: {STATUS=2}",
                        "The run is void: the generator of visitors fell behind by 1500 ms.");
    }

    @Test
    void extractsSentencesThatNameFilters() {
        assertThat(FilterEvidence.describe(NAMED))
                .isEqualTo("The only custom filter: recent-searches (io.x.StaticMap).");
        assertThat(FilterEvidence.describe("The ledger has no filter that leaks reclaimable resources."))
                .isEqualTo("The evidence names no filter.");
        assertThat(FilterEvidence.describe(null)).isEqualTo("The evidence names no filter.");
    }

    private static DemoResult result(ClusterSnapshot.RunState run, ClusterSnapshot.PodState... atEnd) {
        return new DemoResult(
                snapshot(null, LEAKING, HEALTHY),
                snapshot(run, atEnd),
                Optional.of(LEAKING),
                10,
                60,
                Map.of("visitors", summary(0, false)),
                List.of());
    }

    private static ClusterSnapshot snapshot(ClusterSnapshot.RunState run, ClusterSnapshot.PodState... pods) {
        return new ClusterSnapshot(
                Duration.ofSeconds(90),
                List.of(),
                List.of(pods),
                Optional.ofNullable(run),
                RemediationPhase.Observe,
                new ClusterSnapshot.TrafficStats(250, 1000, 0, 5));
    }

    private static ClusterSnapshot.PodState pod(String name, int restarts) {
        return new ClusterSnapshot.PodState(name, "uid of " + name, "ready", restarts, List.of(10.0), 120);
    }

    private static ClusterSnapshot.RunState run(ClusterSnapshot.PodState pod, String outcome, String evidence) {
        return new ClusterSnapshot.RunState(
                "run-1",
                pod.name(),
                pod.uid(),
                "Growth of live set",
                List.of(new ClusterSnapshot.PhaseStart(RemediationPhase.Confirm, Duration.ofSeconds(60))),
                outcome,
                "what happened",
                evidence,
                "replacement",
                null);
    }

    private static LoadReport.Summary summary(long failed, boolean fellBehind) {
        return new LoadReport.Summary(
                "visitors",
                60,
                1000,
                1000 - failed,
                failed,
                failed == 0 ? Map.of() : Map.of(LossCause.STATUS, failed),
                fellBehind ? 1500 : 3,
                fellBehind,
                1,
                5,
                9,
                12,
                16);
    }
}
