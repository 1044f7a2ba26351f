package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.ProxyErrors.Count;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProxyErrorsTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant LATER = T.plusSeconds(60);
    private static final Fleet BEFORE = fleet("victim", "sibling");
    private static final Fleet AFTER = fleet("replacement", "sibling");

    @Test
    void countsLastReportOfVictimWithoutOldErrors() {
        ProxyErrors before = ProxyErrors.beforeEviction(BEFORE, Map.of("victim", said(T, 100), "sibling", said(T, 0)));
        assertThat(before.beforeEviction()).containsExactly(new Count("victim", T, 100));

        assertThat(before.counted(
                                "victim",
                                AFTER,
                                Map.of("victim", said(T, 103), "sibling", said(T, 1), "replacement", said(LATER, 0)))
                        .orElseThrow()
                        .duringEviction())
                .isEqualTo(4);
    }

    @Test
    void restartNeitherHidesNorAddsErrors() {
        ProxyErrors before = ProxyErrors.beforeEviction(BEFORE, Map.of("victim", said(T, 0), "sibling", said(T, 50)));

        assertThat(before.counted(
                                "victim",
                                AFTER,
                                Map.of("victim", said(T, 0), "sibling", said(LATER, 2), "replacement", said(LATER, 0)))
                        .orElseThrow()
                        .duringEviction())
                .isEqualTo(2);
    }

    @Test
    void waitsForReportOfEveryServingPod() {
        assertThat(ProxyErrors.beforeEviction(BEFORE, Map.of("victim", said(T, 0))))
                .isEqualTo(ProxyErrors.UNKNOWN);

        ProxyErrors before = ProxyErrors.beforeEviction(BEFORE, Map.of("victim", said(T, 0), "sibling", said(T, 0)));
        assertThat(before.counted("victim", AFTER, Map.of("victim", said(T, 0), "sibling", said(T, 0))))
                .as("the replacement has not")
                .isEmpty();
        assertThat(before.counted("victim", AFTER, Map.of("replacement", said(LATER, 0), "sibling", said(T, 0))))
                .as("what the victim said last was forgotten")
                .isEmpty();
    }

    @Test
    void keepsCountOnceKnown() {
        ProxyErrors counted = new ProxyErrors(List.of(), 0L);

        assertThat(counted.counted(
                        "victim",
                        AFTER,
                        Map.of("victim", said(T, 0), "sibling", said(T, 9), "replacement", said(LATER, 0))))
                .isEmpty();
    }

    private static ProcessStatus said(Instant startedAt, long errors) {
        return new ProcessStatus(startedAt, "hash", errors);
    }

    private static Fleet fleet(String... uids) {
        List<Fleet.Pod> pods = Stream.of(uids)
                .map(uid -> new Fleet.Pod(uid, uid, "1", true, false, true, false, T))
                .toList();
        return new Fleet(1, Mode.AUTO, false, false, 2, 1, pods, "");
    }
}
