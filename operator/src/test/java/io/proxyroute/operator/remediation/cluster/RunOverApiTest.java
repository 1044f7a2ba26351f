package io.proxyroute.operator.remediation.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.fixture.ObjectServer.Request;
import io.proxyroute.operator.remediation.decision.Cause;
import io.proxyroute.operator.remediation.decision.Observation;
import io.proxyroute.operator.remediation.decision.Outcome;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.decision.ProcessStatus;
import io.proxyroute.operator.remediation.decision.ProxyErrors;
import io.proxyroute.operator.remediation.decision.RemediationView;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.decision.Run.Progress;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.decision.Run.Step;
import io.proxyroute.operator.remediation.decision.RunExecutor;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakEvidence;
import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.Subject;
import io.proxyroute.operator.remediation.loop.RemediationEvents;
import io.proxyroute.operator.remediation.loop.RouteSettings;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.StatusListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whole runs over the real adapters: the requests that reach the API server, and the reaction to its responses. */
class RunOverApiTest {

    private static final String CORE = "/api/v1/namespaces/default/";
    private static final String OURS = "/apis/proxyroute.io/v1alpha1/namespaces/default/";
    private static final String EVICTION = CORE + "pods/a/eviction";
    private static final Instant STARTED = Instant.parse("2030-01-01T00:00:00Z");
    private static final Cause CAUSE = new Cause(Cause.Kind.LEAK, Signal.LIVE_SET, null, "The live set grows");

    private static final StatusListener IGNORING = new StatusListener() {
        @Override
        public void onConditions(String routeUid, List<Condition> conditions) {}

        @Override
        public void onRouteDeleted(String routeUid) {}

        @Override
        public void onProxyDied(String cause) {}

        @Override
        public void onEvent(EventRecorder.Type type, String reason) {}
    };

    private final ProxyRoute route = new ProxyRoute();
    private Instant now = STARTED;
    private int cleanSamples;
    private ObjectServer api;
    private ApiCalls calls;
    private final List<String> taken = new ArrayList<>();
    private RemediationEvents events;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
        calls = new ApiCalls(api.client(), 1);
        events = new RemediationEvents(
                new EventRecorder(api.client(), Clock.fixed(now, ZoneOffset.UTC), "test", IGNORING));
        api.put(
                "/apis/apps/v1/namespaces/default/deployments/shop-proxy",
                new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("shop-proxy")
                        .withNamespace("default")
                        .withGeneration(1L)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(1)
                        .endSpec()
                        .withNewStatus()
                        .withObservedGeneration(1L)
                        .withReplicas(1)
                        .withUpdatedReplicas(1)
                        .endStatus()
                        .build());
        pod("a", "2030-01-01T00:00:00Z");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Nested
    class Mode {

        @Test
        void recommendRecordsActionAndTouchesNothing() {
            mode("Recommend");

            ticks(10, Duration.ofSeconds(15), "a");

            assertThat(run(1).getSpec().action().name()).isEqualTo("Recommend");
            RemediationRunStatus status = run(1).getStatus();
            assertThat(status.phase()).isEqualTo(RemediationPhase.Done);
            assertThat(status.outcome()).isEqualTo(RemediationRunStatus.Outcome.Recommended);
            assertThat(status.summary()).isEqualTo("What was seen.");
            assertThat(status.reportRef()).isEqualTo("/reports/shop-uid-1.html");
            assertThat(status.message())
                    .startsWith("Would detach a, wait until its replacement is ready and warm, and evict it");
            assertThat(notes("RemediationDone")).singleElement().asString().contains("Would detach a");
            assertThat(api.writes()).as("only runs and Events are written").allSatisfy(write -> assertThat(write.path())
                    .matches(".*/(remediationruns|events)(/.*)?"));
            assertThat(runs()).as("told once").isEqualTo(1);
        }

        @Test
        void observeRecordsRunAndTouchesNothing() {
            mode("Observe");

            ticks(10, Duration.ofSeconds(15), "a");

            assertThat(run(1).getStatus().outcome()).isEqualTo(RemediationRunStatus.Outcome.Observed);
            assertThat(api.writes())
                    .allSatisfy(write -> assertThat(write.path()).matches(".*/(remediationruns|events)(/.*)?"));
        }
    }

    @Test
    void pauseBlocksEveryActionUntilItEnds() {
        mode("Auto");
        route.getMetadata().setAnnotations(Map.of(RoutePods.PAUSED, "true"));
        store();

        RemediationView view = ticks(5, Duration.ofSeconds(15), "a");

        assertThat(view.phase()).isEqualTo(RemediationPhase.Detected);
        assertThat(view.message()).contains("the route has the annotation proxyroute.io/paused or is being deleted");
        assertThat(api.writes()).isEmpty();

        route.getMetadata().setAnnotations(Map.of());
        store();
        ticks(3, Duration.ofSeconds(1), "a");
        assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Prepare);
        route.getMetadata().setAnnotations(Map.of(RoutePods.PAUSED, "true"));
        store();
        pod("b", "2030-01-01T00:01:00Z");
        ticks(5, Duration.ofSeconds(15), "a");

        assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Paused);
        assertThat(evictions()).isZero();
    }

    @Nested
    class Escalation {

        @Test
        void escalatesAfterThreeIneffectiveReplacements() {
            mode("Auto");
            repeated(1, "x", "y");
            repeated(2, "y", "z");
            repeated(3, "z", "a");

            ticks(40, Duration.ofSeconds(15), "a");

            RemediationRunStatus status = run(4).getStatus();
            assertThat(status.phase()).isEqualTo(RemediationPhase.Escalated);
            assertThat(status.outcome()).isEqualTo(RemediationRunStatus.Outcome.Escalated);
            assertThat(status.summary()).as("a person needs the evidence").isEqualTo("What was seen.");
            assertThat(status.message()).startsWith("Replaced 3 times without effect");
            assertThat(notes("RemediationEscalated")).hasSize(1);
            assertThat(runs()).as("no further run").isEqualTo(4);
            assertThat(podWrites()).as("pods stay as they are").isEmpty();
            assertThat(tick("a").message()).contains("run 4 is escalated: change the route, or delete that run");
        }

        @Test
        void changedRouteEndsEscalation() {
            mode("Auto");
            repeated(1, "x", "y");
            repeated(2, "y", "z");
            repeated(3, "z", "a");
            ticks(4, Duration.ofSeconds(15), "a");
            assertThat(run(4).getStatus().phase()).isEqualTo(RemediationPhase.Escalated);

            route.getMetadata().setGeneration(2L);
            store();
            now = now.plus(Duration.ofDays(1));
            ticks(3, Duration.ofSeconds(1), "a");

            assertThat(run(5).getStatus().phase()).isEqualTo(RemediationPhase.Prepare);
        }

        @Test
        void escalatesAndReattachesIfEvictionIsImpossible() {
            mode("Auto");
            api.refuse(
                    "POST",
                    EVICTION,
                    500,
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
            ticks(3, Duration.ofSeconds(1), "a");
            pod("b", "2030-01-01T00:01:00Z");
            ticks(5, Duration.ofSeconds(1), "a");

            assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Escalated);
            assertThat(isAttached("a")).isTrue();
            assertThat(evictions()).isEqualTo(1);
        }
    }

    @Nested
    class Eviction {

        @Test
        void retriesBlockedEvictionWithBackoffAndGivesUp() {
            mode("Auto");
            api.refuse("POST", EVICTION, 429);
            ticks(3, Duration.ofSeconds(1), "a");
            assertThat(isAttached("a")).isFalse();
            pod("b", "2030-01-01T00:01:00Z");

            ticks(60, Duration.ofSeconds(1), "a");
            int inTheFirstMinute = evictions();
            assertThat(inTheFirstMinute).isBetween(3, 5);
            assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Act);
            assertThat(run(1).getStatus().evictionAttempts()).isEqualTo(inTheFirstMinute);
            ticks(60, Duration.ofSeconds(10), "a");

            assertThat(evictions()).isGreaterThan(inTheFirstMinute);
            assertThat(api.requests()).noneMatch(request -> request.method().equals("DELETE"));
            assertThat(isAttached("a")).as("reattached").isTrue();
            assertThat(run(1).getStatus().outcome()).isEqualTo(RemediationRunStatus.Outcome.Aborted);
            assertThat(run(1).getStatus().message()).contains("the PodDisruptionBudget did not allow the eviction");
        }

        @Test
        void evictsOnceWithUidWhenBudgetAllows() {
            mode("Auto");
            api.refuse("POST", EVICTION, 429);
            ticks(3, Duration.ofSeconds(1), "a");
            pod("b", "2030-01-01T00:01:00Z");
            ticks(10, Duration.ofSeconds(1), "a");
            int refused = evictions();
            assertThat(refused).isPositive();

            api.refuse("POST", EVICTION, 0);
            while (evictions() == refused) {
                ticks(1, Duration.ofSeconds(1), "a");
            }
            api.remove(CORE + "pods/a");
            ticks(70, Duration.ofSeconds(15));

            assertThat(evictions()).isEqualTo(refused + 1);
            assertThat(api.writes().stream().filter(RunOverApiTest::isEviction))
                    .allSatisfy(eviction -> assertThat(eviction.body()
                                    .at("/deleteOptions/preconditions/uid")
                                    .asText())
                            .isEqualTo("uid-a"));
            assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Cooldown);
            assertThat(run(1).getStatus().outcome())
                    .as("proved by samples after a warm-up of a quarter of an hour")
                    .isEqualTo(RemediationRunStatus.Outcome.Recovered);
            assertThat(run(1).getStatus().proxyErrors().duringEviction()).isZero();
        }

        @Test
        void retriesEvictionAfterTemporaryError() {
            mode("Auto");
            api.refuse("POST", EVICTION, 500, "etcdserver: request timed out");
            ticks(3, Duration.ofSeconds(1), "a");
            pod("b", "2030-01-01T00:01:00Z");
            assertThatThrownBy(() -> ticks(5, Duration.ofSeconds(1), "a")).isInstanceOf(Unavailable.class);
            now = now.plusSeconds(15);
            assertThat(run(1).getStatus().phase()).isEqualTo(RemediationPhase.Act);
            assertThat(notes("RemediationAct")).as("told nevertheless").hasSize(1);

            api.refuse("POST", EVICTION, 0);
            ticks(1, Duration.ofSeconds(15), "a");

            assertThat(run(1).getStatus().evictionAttempts()).isEqualTo(2);
            assertThat(run(1).getStatus().outcome()).isNull();
        }
    }

    @Test
    void reattachesLeftoversButNotPodsDetachedByUsers() {
        mode("Observe");
        Pod mine = api.get(CORE + "pods/a", Pod.class).orElseThrow();
        mine.getMetadata().getLabels().remove(RouteNames.ATTACHED_LABEL);
        api.put(CORE + "pods/a", mine);

        ticks(3, Duration.ofSeconds(15));
        assertThat(podWrites()).isEmpty();

        mine.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withKind("ProxyRoute")
                        .withName("shop")
                        .withUid("uid")
                        .withController(true)
                        .build()));
        api.put(CORE + "pods/a", mine);
        ticks(1, Duration.ofSeconds(15));
        assertThat(isAttached("a")).isTrue();
    }

    private RemediationView ticks(int times, Duration apart, String... leaking) {
        RemediationView view = null;
        for (int i = 0; i < times; i++) {
            view = tick(leaking);
            now = now.plus(apart);
        }
        return view;
    }

    /** With a new executor each time, since executors keep no state. */
    private RemediationView tick(String... leaking) {
        api.time(now);
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        EvidenceCollector evidence =
                (run, deep, timeout) -> new Evidence("What was seen.", "/reports/shop-uid-" + run.number() + ".html");
        Map<String, Diagnosis> diagnoses = new HashMap<>();
        Map<String, ProcessStatus> processes = new HashMap<>();
        List<String> leaks = List.of(leaking);
        for (String name : List.of("a", "b")) {
            diagnoses.put("uid-" + name, leaks.contains(name) ? leak("uid-" + name) : fine("uid-" + name));
            processes.put("uid-" + name, new ProcessStatus(STARTED, "hash", 0));
        }
        return new RunExecutor(
                        "default/uid",
                        new RoutePods(calls, route),
                        new RunJournal(calls, route, clock, taken::add),
                        new LeaseBudget(calls, "system"),
                        evidence,
                        run -> events.advanced(route, run),
                        clock)
                .tick(RouteSettings.of(route.getSpec(), 30), new Observation(diagnoses, processes, "hash"));
    }

    /** One more sample per call; samples count once the warm-up is over. */
    private Diagnosis fine(String uid) {
        Duration warmUp = route.getSpec().remediation().leakDetection().warmUp().toJava();
        boolean warm = !now.isBefore(STARTED.plus(warmUp));
        cleanSamples = warm ? cleanSamples + 1 : 0;
        return new Diagnosis(
                uid,
                now,
                warm ? Health.HEALTHY : Health.WARMING_UP,
                Map.of(new Subject(Signal.LIVE_SET, null), cleanSamples),
                List.of());
    }

    private Diagnosis leak(String uid) {
        LeakEvidence evidence = new LeakEvidence(
                Signal.LIVE_SET, now, now, 20, 50, 100, 1, 0.1, now.plusSeconds(300), now.plusSeconds(200));
        return new Diagnosis(
                uid,
                now,
                Health.CONFIRMED,
                Map.of(new Subject(Signal.LIVE_SET, null), 0),
                List.of(new Finding.Leak(evidence, true)));
    }

    private void mode(String mode) {
        route.getMetadata().setNamespace("default");
        route.getMetadata().setName("shop");
        route.getMetadata().setUid("uid");
        route.getMetadata().setGeneration(1L);
        route.setSpec(new KubernetesSerialization().unmarshal("""
                        listeners: [{name: http, port: 8080}]
                        remediation: {mode: %s}
                        """.formatted(mode), ProxyRouteSpec.class));
        store();
    }

    private void store() {
        api.put(OURS + "proxyroutes/shop", route);
    }

    private void pod(String name, String createdAt) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-" + name)
                .withCreationTimestamp(createdAt)
                .addToLabels(RouteNames.ROUTE_LABEL, "shop")
                .addToLabels(RouteNames.ATTACHED_LABEL, "true")
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
        api.put(CORE + "pods/" + name, pod);
    }

    /**
     * A recent run that replaced one pod by another, which then showed the same finding as early as the leak test can
     * find it.
     */
    private void repeated(int number, String victim, String replacement) {
        Run run = new Run(
                number,
                new Run.Plan(
                        1,
                        new Run.Target("uid-" + victim, victim, now),
                        now,
                        CAUSE,
                        Run.Action.REPLACE,
                        Duration.ofMinutes(10)),
                new Progress(
                        new State.Done(now, Outcome.RECOVERED),
                        "Done.",
                        new Evidence("Seen.", null),
                        true,
                        new Replacement("uid-" + replacement, replacement),
                        new Run.Eviction(1, now.minus(Duration.ofMinutes(75)), ProxyErrors.UNKNOWN),
                        List.of(new Step(RemediationPhase.Confirm, now), new Step(RemediationPhase.Done, now))),
                null);
        RemediationRun object = RunCodec.toObject(route, run);
        object.setStatus(RunCodec.toStatus(run));
        api.put(OURS + "remediationruns/shop-uid-" + number, object);
    }

    private RemediationRun run(int number) {
        return api.get(OURS + "remediationruns/shop-uid-" + number, RemediationRun.class)
                .orElseThrow();
    }

    private int runs() {
        int number = 0;
        while (api.get(OURS + "remediationruns/shop-uid-" + (number + 1), RemediationRun.class)
                .isPresent()) {
            number++;
        }
        return number;
    }

    private boolean isAttached(String name) {
        return api.get(CORE + "pods/" + name, Pod.class)
                .orElseThrow()
                .getMetadata()
                .getLabels()
                .containsKey(RouteNames.ATTACHED_LABEL);
    }

    private int evictions() {
        return (int) api.writes().stream().filter(RunOverApiTest::isEviction).count();
    }

    private static boolean isEviction(Request request) {
        return request.path().equals(EVICTION);
    }

    private List<Request> podWrites() {
        return api.writes().stream()
                .filter(write -> write.path().startsWith(CORE + "pods"))
                .toList();
    }

    /** Messages of the Events with this reason. */
    private List<String> notes(String reason) {
        return api.writes().stream()
                .filter(write -> write.method().equals("POST") && write.path().endsWith("/events"))
                .filter(write -> write.body().path("reason").asText().equals(reason))
                .map(write -> write.body().path("note").asText())
                .toList();
    }
}
