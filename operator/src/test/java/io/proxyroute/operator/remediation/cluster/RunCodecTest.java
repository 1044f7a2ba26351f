package io.proxyroute.operator.remediation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.operator.remediation.decision.Cause;
import io.proxyroute.operator.remediation.decision.Outcome;
import io.proxyroute.operator.remediation.decision.ProxyErrors;
import io.proxyroute.operator.remediation.decision.ProxyErrors.Count;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.decision.Run.Progress;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.decision.Run.Step;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that is read must equal the one that was written: a new leader has nothing else. */
class RunCodecTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration REST = Duration.ofMinutes(10);

    static Stream<Arguments> states() {
        return Stream.of(
                Arguments.of(new State.Confirm(at(0)), phases(RemediationPhase.Confirm)),
                Arguments.of(
                        new State.Capture(at(1), false), phases(RemediationPhase.Confirm, RemediationPhase.Capture)),
                Arguments.of(
                        new State.Prepare(at(2)),
                        phases(RemediationPhase.Confirm, RemediationPhase.Capture, RemediationPhase.Prepare)),
                Arguments.of(
                        new State.Capture(at(3), true),
                        phases(
                                RemediationPhase.Confirm,
                                RemediationPhase.Capture,
                                RemediationPhase.Prepare,
                                RemediationPhase.Capture)),
                Arguments.of(
                        new State.Act(at(9), 3, at(60)),
                        phases(
                                RemediationPhase.Confirm,
                                RemediationPhase.Capture,
                                RemediationPhase.Prepare,
                                RemediationPhase.Capture,
                                RemediationPhase.Act)),
                Arguments.of(
                        new State.Verify(at(2)),
                        phases(RemediationPhase.Confirm, RemediationPhase.Act, RemediationPhase.Verify)),
                Arguments.of(
                        new State.Cooldown(at(1), at(600), Outcome.RECOVERED),
                        phases(RemediationPhase.Confirm, RemediationPhase.Cooldown)),
                Arguments.of(
                        new State.Paused(at(1), RemediationPhase.Confirm),
                        phases(RemediationPhase.Confirm, RemediationPhase.Paused)),
                Arguments.of(
                        new State.Paused(at(2), RemediationPhase.Capture),
                        phases(RemediationPhase.Confirm, RemediationPhase.Capture, RemediationPhase.Paused)),
                Arguments.of(
                        new State.Paused(at(3), RemediationPhase.Prepare),
                        phases(
                                RemediationPhase.Confirm,
                                RemediationPhase.Capture,
                                RemediationPhase.Prepare,
                                RemediationPhase.Paused)),
                Arguments.of(new State.Escalated(at(1)), phases(RemediationPhase.Confirm, RemediationPhase.Escalated)),
                Arguments.of(
                        new State.Done(at(1), Outcome.OBSERVED),
                        phases(RemediationPhase.Confirm, RemediationPhase.Done)));
    }

    @ParameterizedTest
    @MethodSource("states")
    void readsEveryStateAsWritten(State state, List<Step> timeline) {
        boolean acted = state instanceof State.Act;
        boolean deep = timeline.stream()
                        .filter(s -> s.phase() == RemediationPhase.Capture)
                        .count()
                > 1;
        Run run = run(new Progress(
                state,
                "A sentence.",
                new Evidence("The verdict.", "/reports/uid-7.html"),
                deep,
                new Replacement("uid-b", "pod-b"),
                new Run.Eviction(
                        acted ? 3 : 0,
                        acted ? state.since() : null,
                        acted ? new ProxyErrors(List.of(new Count("uid-c", at(-60), 5)), null) : ProxyErrors.UNKNOWN),
                timeline));

        assertThat(RunCodec.fromObject(stored(run))).isEqualTo(run);
    }

    @ParameterizedTest
    @EnumSource(Signal.class)
    void everySignalHasNameInApi(Signal signal) {
        Run run = new Run(
                1,
                new Run.Plan(
                        1,
                        new Run.Target("u", "p", null),
                        T,
                        new Cause(Cause.Kind.LEAK, signal, null, "x"),
                        Run.Action.OBSERVE,
                        REST),
                progress(),
                "1");

        assertThat(RunCodec.fromObject(stored(run)).cause().signal()).isEqualTo(signal);
    }

    @Test
    void zeroErrorsDifferFromUnknownErrors() {
        ProxyErrors none = new ProxyErrors(List.of(), null);
        Run run = run(new Progress(
                new State.Verify(T),
                "x",
                null,
                true,
                null,
                new Run.Eviction(1, T, none),
                List.of(new Step(RemediationPhase.Verify, T))));

        Run read = RunCodec.fromObject(Serialization.clone(stored(run)));

        assertThat(read.errors()).isEqualTo(none);
        assertThat(RunCodec.fromObject(Serialization.clone(stored(run(progress()))))
                        .errors())
                .isEqualTo(ProxyErrors.UNKNOWN);
    }

    @Test
    void runWithoutStatusIsInConfirm() {
        RemediationRun object = stored(run(progress()));
        object.setStatus(null);

        assertThat(RunCodec.fromObject(object).state()).isEqualTo(new State.Confirm(T));
    }

    private static RemediationRun stored(Run run) {
        ProxyRoute route = new ProxyRoute();
        route.getMetadata().setNamespace("shop");
        route.getMetadata().setName("shop");
        route.getMetadata().setUid("0a1b-2c3d");
        RemediationRun object = RunCodec.toObject(route, run);
        object.setStatus(RunCodec.toStatus(run));
        object.getMetadata().setCreationTimestamp(T.toString());
        return object;
    }

    private static Run run(Progress progress) {
        Cause cause = new Cause(Cause.Kind.THRESHOLD, Signal.VIRTUAL_THREADS, "many", "There are many");
        return new Run(
                7,
                new Run.Plan(3, new Run.Target("uid-a", "pod-a", at(-600)), T, cause, Run.Action.REPLACE, REST),
                progress,
                "42");
    }

    private static Progress progress() {
        return new Progress(
                new State.Confirm(T),
                "x",
                null,
                false,
                null,
                Run.Eviction.NONE,
                List.of(new Step(RemediationPhase.Confirm, T)));
    }

    private static List<Step> phases(RemediationPhase... phases) {
        return IntStream.range(0, phases.length)
                .mapToObj(i -> new Step(phases[i], at(i)))
                .toList();
    }

    private static Instant at(int seconds) {
        return T.plusSeconds(seconds);
    }
}
