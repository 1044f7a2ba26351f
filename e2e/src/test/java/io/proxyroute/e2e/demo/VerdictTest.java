package io.proxyroute.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.testbed.load.LoadLine;
import io.proxyroute.testbed.load.LossCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Scene.PodView LEAKING = pod("leaking", 0);
    private static final Scene.PodView HEALTHY = pod("healthy", 0);
    private static final Scene.PodView REPLACEMENT = pod("replacement", 0);
    private static final String NAMED =
            "Pod leaking. The live set grows. The only custom filter: recent-searches (io.x.StaticMap). The ledger names no filter that leaves things behind.";

    @Test
    void aLeakingPodThatWasReplacedIsAllRight() {
        assertThat(Verdict.complaints(ending(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT)))
                .isEmpty();
    }

    @Test
    void theWrongPodIsToldEvenWhenItsReplacementDoesWell() {
        assertThat(Verdict.complaints(ending(run(HEALTHY, "Recovered", NAMED), LEAKING, REPLACEMENT)))
                .containsExactly("The searches reached leaking, but healthy was taken for the one that leaks.");
    }

    @Test
    void nobodyKnowsWhichPodWasRightWithoutACount() {
        Story.Ending seen = ending(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT);
        Story.Ending unseen =
                new Story.Ending(seen.atStart(), seen.atEnd(), Optional.empty(), 10, 60, seen.loads(), seen.losses());

        assertThat(Verdict.complaints(unseen))
                .singleElement()
                .asString()
                .contains("was not seen which pod the searches reached");
    }

    @Test
    void evidenceThatDoesNotNameTheFilterIsNotEnough() {
        String none = "The only custom filter: other-recent-searches (io.x.Y). The ledger names no filter.";

        assertThat(Stream.of(none, "Growing classes: recent-searches.", null)
                        .map(verdict -> ending(run(LEAKING, "Recovered", verdict), HEALTHY, REPLACEMENT))
                        .map(Verdict::complaints))
                .allSatisfy(complaints -> assertThat(complaints)
                        .containsExactly("The evidence does not name the filter recent-searches."));
    }

    @Test
    void aLeakThatWasNotFoundIsTold() {
        assertThat(Verdict.complaints(ending(null, LEAKING, HEALTHY))).containsExactly("The leak was not found.");
    }

    @Test
    void whatTheRunEndedAsIsTold() {
        assertThat(Verdict.complaints(ending(run(LEAKING, "Aborted", NAMED), LEAKING, HEALTHY)))
                .containsExactly("The run ended as Aborted: what happened", "leaking leaks and is still there.");
    }

    @Test
    void healthyPodsStayAndNobodyIsRestarted() {
        assertThat(Verdict.complaints(ending(run(LEAKING, "Recovered", NAMED), pod("replacement", 2))))
                .containsExactly("replacement was restarted in place 2 times.", "healthy was healthy and is gone.");
    }

    @Test
    void lostRequestsAndALateGeneratorAreTold() {
        Story.Ending calm = ending(run(LEAKING, "Recovered", NAMED), HEALTHY, REPLACEMENT);
        Story.Ending lossy = new Story.Ending(
                calm.atStart(), calm.atEnd(), calm.fed(), 10, 60, Map.of("visitors", summary(2, true)), List.of());

        assertThat(Verdict.complaints(lossy))
                .containsExactly(
                        "2 requests of visitors were lost: {STATUS=2}",
                        "The run is void: the generator of visitors fell behind by 1500 ms.");
    }

    @Test
    void theSummaryTellsWhatTheEvidenceNames() {
        assertThat(Evidence.ofFilters(NAMED)).isEqualTo("The only custom filter: recent-searches (io.x.StaticMap).");
        assertThat(Evidence.ofFilters("The ledger names no filter that leaves things behind."))
                .isEqualTo("The evidence names no filter.");
        assertThat(Evidence.ofFilters(null)).isEqualTo("The evidence names no filter.");
    }

    private static Story.Ending ending(Scene.RunView run, Scene.PodView... atEnd) {
        return new Story.Ending(
                scene(null, LEAKING, HEALTHY),
                scene(run, atEnd),
                Optional.of(LEAKING),
                10,
                60,
                Map.of("visitors", summary(0, false)),
                List.of());
    }

    private static Scene scene(Scene.RunView run, Scene.PodView... pods) {
        return new Scene(
                Duration.ofSeconds(90),
                List.of(),
                List.of(pods),
                Optional.ofNullable(run),
                "Observe",
                new Scene.Traffic(250, 1000, 0, 5));
    }

    private static Scene.PodView pod(String name, int restarts) {
        return new Scene.PodView(name, "uid of " + name, "ready", restarts, List.of(10.0), 120);
    }

    private static Scene.RunView run(Scene.PodView pod, String outcome, String verdict) {
        return new Scene.RunView(
                "run-1",
                pod.name(),
                pod.uid(),
                "Growth of live set",
                List.of(new Scene.PhaseView("Confirm", Duration.ofSeconds(60))),
                outcome,
                "what happened",
                verdict,
                "replacement",
                null);
    }

    private static LoadLine.Summary summary(long failed, boolean fellBehind) {
        return new LoadLine.Summary(
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
