package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvictionResult;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Ports.RunListener;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An in-memory cluster with the rules that runs depend on: a ReplicaSet that keeps its number of pods, optimistic
 * locking, evictions with preconditions and a disruption budget, pods that start, drain and die. Every call may fail
 * before or after it took effect, end the caller (a crash), or be overtaken by another operator or by a user. Each
 * write is checked against the invariants when it happens, based on what its tick has read.
 */
final class ClusterModel implements Pods, Journal, ActionBudget, EvidenceCollector, RunListener {

    static final Duration SKEW = Duration.ofSeconds(5);
    /** A call may come this long after the decision, since another operator may collect evidence in between. */
    private static final Duration LATE = Duration.ofMinutes(1);

    static final String CONFIG = "hash";
    private static final int SECONDS_OF_A_DAY = 86_400;

    /** The operator's process ends in the middle of a tick. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static final class ModelPod {
        final String uid;
        final Instant createdAt;
        Instant readyAt;
        boolean leaks;
        int version;
        boolean attached = true;
        boolean owned;
        boolean ready;
        Instant startedAt;
        long errors;
        String configHash = CONFIG;
        Instant goneAt;

        ModelPod(String uid, Instant createdAt, Instant readyAt, boolean leaks) {
            this.uid = uid;
            this.createdAt = createdAt;
            this.startedAt = createdAt;
            this.readyAt = readyAt;
            this.leaks = leaks;
        }

        boolean isServing() {
            return ready && goneAt == null;
        }

        boolean isDetached() {
            return owned && goneAt == null;
        }

        ProcessStatus processes() {
            return new ProcessStatus(startedAt, configHash, errors);
        }
    }

    final SplittableRandom random;
    final DecisionSettings settings;
    final List<ModelPod> pods = new ArrayList<>();
    final List<Run> runs = new ArrayList<>();
    final Map<String, Instant> recorded = new HashMap<>();
    final List<Instant> evictions = new ArrayList<>();
    /** When a pod was first detached for a run, by its number. */
    final Map<Integer, Instant> detached = new HashMap<>();

    final Map<String, Integer> evictionsByUid = new HashMap<>();
    /** Start of the process with the finding, by the number of the run. */
    final Map<Integer, Instant> processes = new HashMap<>();

    final double mishap;

    Instant now = Instant.parse("2030-01-01T00:00:00Z");
    int desired;
    int minAvailable;
    boolean paused;
    String trouble = "";
    boolean rollout;
    Mode mode = Mode.AUTO;
    boolean replacementsStart = true;
    boolean impossible;
    boolean blocked;
    /** Second of the day at which a five-minute blackout starts; negative if there is none. */
    int blackoutFrom = -1;
    /** The observation of the operator that is calling. */
    Observation observation = new Observation(Map.of(), Map.of(), CONFIG);

    private Fleet seen;
    private Instant seenAt;
    /** Lets another operator run in the middle of a call. */
    Runnable overtake = () -> {};
    /** Receives every step of a run. */
    Consumer<Run> listener = _ -> {};

    private int serial;

    ClusterModel(SplittableRandom random, DecisionSettings settings, int desired, double mishap) {
        this.random = random;
        this.settings = settings;
        this.desired = desired;
        this.minAvailable = Math.max(0, desired - 1);
        this.mishap = mishap;
        for (int i = 0; i < desired; i++) {
            ModelPod pod = start(Duration.ZERO);
            pod.ready = true;
        }
    }

    /** Advances the time and runs the cluster's controllers. */
    void advance(Duration by) {
        now = now.plus(by);
        pods.removeIf(p -> p.goneAt != null && !p.goneAt.isAfter(now));
        for (ModelPod pod : pods) {
            if (!pod.ready && !pod.readyAt.isAfter(now) && replacementsStart) {
                pod.ready = true;
                pod.version++;
            }
        }
        List<ModelPod> counted = new ArrayList<>(
                pods.stream().filter(p -> p.attached && p.goneAt == null).toList());
        for (int i = counted.size(); i < desired; i++) {
            start(Duration.ofSeconds(random.nextInt(5, 40)));
        }
        counted.sort(
                (a, b) -> a.ready != b.ready ? Boolean.compare(a.ready, b.ready) : b.createdAt.compareTo(a.createdAt));
        for (int i = 0; i < counted.size() - desired; i++) {
            end(counted.get(i));
        }
    }

    /** The container restarts within its pod. */
    void restart(ModelPod pod) {
        pod.startedAt = now;
        pod.errors = 0;
        pod.ready = false;
        pod.readyAt = now.plusSeconds(random.nextInt(5, 40));
        pod.leaks = random.nextInt(3) == 0;
        pod.version++;
    }

    /** A user deletes a run in any phase, except one that still counts against the actions per hour. */
    void deleteNewestRun() {
        if (!runs.isEmpty() && runs.getLast().touchedAt().isEmpty()) {
            runs.removeLast();
        }
    }

    /** A user detaches a pod from the Deployment or attaches it; the ReplicaSet releases or adopts it. */
    void setAttached(ModelPod pod, boolean attached) {
        pod.attached = attached;
        pod.owned = false;
        pod.version++;
    }

    void end(ModelPod pod) {
        pod.goneAt = now.plusSeconds(random.nextInt(1, 40));
        pod.version++;
    }

    private ModelPod start(Duration startUp) {
        ModelPod pod = new ModelPod("pod-" + serial++, now, now.plus(startUp), random.nextInt(3) == 0);
        pods.add(pod);
        return pod;
    }

    @Override
    public Fleet read() {
        return call(() -> {
            seenAt = now;
            seen = new Fleet(
                    1,
                    mode,
                    paused,
                    rollout,
                    desired,
                    minAvailable,
                    pods.stream()
                            .map(p -> new Fleet.Pod(
                                    p.uid,
                                    p.uid,
                                    String.valueOf(p.version),
                                    p.attached,
                                    p.owned,
                                    p.ready,
                                    p.goneAt != null,
                                    p.createdAt))
                            .toList(),
                    trouble);
            return seen;
        });
    }

    @Override
    public void detach(Fleet.Pod pod) {
        call(() -> {
            ModelPod target = unchanged(pod);
            assertGrounds("detach", target);
            assertThat(target.attached).as("detached once").isTrue();
            assertThat(pods.stream().filter(ModelPod::isDetached))
                    .as("one action in flight")
                    .isEmpty();
            detached.putIfAbsent(newestRun(target).number(), now);
            // Counted from its journal entry; after a crash, detaching is retried until the surge timeout.
            assertWithinTheHour(detached.values(), LATE.plus(settings.surgeTimeout()));
            target.attached = false;
            target.owned = true;
            target.version++;
            return null;
        });
    }

    @Override
    public void reattach(Fleet.Pod pod) {
        call(() -> {
            ModelPod target = unchanged(pod);
            assertNotBlocked("reattach");
            assertThat(target.isDetached() && !target.attached)
                    .as("only pods that remediation has detached are reattached")
                    .isTrue();
            target.attached = true;
            target.owned = false;
            target.version++;
            return null;
        });
    }

    @Override
    public EvictionResult evict(Fleet.Pod pod) {
        return call(() -> {
            ModelPod target = pods.stream()
                    .filter(p -> p.uid.equals(pod.uid()))
                    .findFirst()
                    .orElse(null);
            if (target == null || !pod.version().equals(String.valueOf(target.version))) {
                return EvictionResult.CHANGED;
            }
            assertGrounds("evict", target);
            assertThat(target.isDetached()).as("evicted after a surge").isTrue();
            assertThat(servingWithout(target)).as("the surge stands").isGreaterThanOrEqualTo(seen.desired());
            int ready = (int)
                    pods.stream().filter(p -> p != target && p.isServing()).count();
            int needed =
                    Math.max(minAvailable, Math.ceilDiv(settings.guard().minHealthyPercent() * seen.desired(), 100));
            assertThat(ready).as("ready pods without the victim").isGreaterThanOrEqualTo(needed);
            if (impossible) {
                return EvictionResult.IMPOSSIBLE;
            }
            if (blocked || mishap > 0 && random.nextInt(4) == 0) {
                return EvictionResult.BLOCKED;
            }
            assertThat(evictionsByUid.merge(pod.uid(), 1, Integer::sum))
                    .as("evictions of " + pod.uid())
                    .isEqualTo(1);
            evictions.add(now);
            assertWithinTheHour(evictions, LATE);
            end(target);
            return EvictionResult.ACCEPTED;
        });
    }

    private void assertWithinTheHour(Collection<Instant> actions, Duration late) {
        Instant from = now.minus(DecisionSettings.WINDOW).plus(late);
        assertThat(actions.stream().filter(at -> at.isAfter(from)).count())
                .as("actions of the route in the window")
                .isLessThanOrEqualTo(settings.guard().maxActionsPerHour());
    }

    /** Invariants of every action on a pod. */
    private void assertGrounds(String what, ModelPod target) {
        assertNotBlocked(what);
        assertThat(seen.mode()).as("only Auto touches pods").isEqualTo(Mode.AUTO);
        Run run = newestRun(target);
        assertThat(run.evidence()).as("capture is tried before the act").isNotNull();
        assertThat(target.startedAt).as("the process in which it was found").isEqualTo(processes.get(run.number()));
        Diagnosis diagnosis = observation.diagnoses().get(target.uid);
        assertThat(diagnosis).as("something is known of the pod").isNotNull();
        assertThat(diagnosis.podUid()).as("a sample of this very pod").isEqualTo(target.uid);
        assertThat(Duration.between(diagnosis.at(), seenAt))
                .as("age of the sample")
                .isLessThanOrEqualTo(settings.detection().staleAfter().plus(SKEW));
        boolean leak = run.cause().kind() == Cause.Kind.LEAK;
        assertThat(diagnosis.findings())
                .as("what the run is about is still found")
                .anyMatch(finding -> leak
                        ? finding instanceof Finding.Leak found
                                && found.evidence().signal() == run.cause().signal()
                        : finding instanceof Finding.Breach breach
                                && breach.rule().name().equals(run.cause().threshold())
                                && breach.rule().action() == ThresholdRule.Action.REPLACE);
        if (!leak) {
            assertThat(suspects(target)).as("pods in breach or unknown").isLessThanOrEqualTo(bearable(target));
        }
        Instant from = now.minus(DecisionSettings.WINDOW).minus(SKEW);
        assertThat(recorded.get("route/" + run.number()))
                .as("recorded in the cluster's budget")
                .isNotNull()
                .satisfies(at ->
                        assertThat(at.isAfter(from) || what.equals("detach")).isTrue());
    }

    private Run newestRun(ModelPod target) {
        return runs.stream()
                .filter(r -> r.podUid().equals(target.uid))
                .reduce((_, newer) -> newer)
                .orElseThrow();
    }

    private long suspects(ModelPod target) {
        return considered(target).stream()
                .map(p -> observation.diagnoses().get(p.uid))
                .filter(d -> d == null
                        || d.health() == Diagnosis.Health.UNKNOWN
                        || d.findings().stream().anyMatch(Finding.Breach.class::isInstance))
                .count();
    }

    private long bearable(ModelPod target) {
        int all = Math.max(seen.desired(), considered(target).size());
        return Math.max(1, all * settings.guard().maxSuspectPercent() / 100);
    }

    private List<ModelPod> considered(ModelPod target) {
        return pods.stream()
                .filter(ModelPod::isServing)
                .filter(p -> p == target || p.attached)
                .toList();
    }

    private int servingWithout(ModelPod target) {
        return (int) pods.stream()
                .filter(p -> p != target && p.attached && p.isServing())
                .count();
    }

    @Override
    public List<Run> runs() {
        return call(() -> List.copyOf(runs));
    }

    @Override
    public Run create(Run run) {
        return call(() -> {
            if (!runs.isEmpty() && runs.getLast().number() >= run.number()) {
                throw new Conflict("taken");
            }
            assertThat(runs.isEmpty() || !runs.getLast().isOpen())
                    .as("the lock is free")
                    .isTrue();
            Run.Plan plan = run.plan();
            Run.Plan stamped = new Run.Plan(
                    plan.routeGeneration(), plan.target(), now, plan.cause(), plan.action(), plan.cooldown());
            Run created = new Run(run.number(), stamped, run.progress(), "0");
            runs.add(created);
            processes.put(
                    run.number(), observation.processes().get(run.podUid()).startedAt());
            return created;
        });
    }

    @Override
    public Run update(Run run) {
        return call(() -> {
            int at = runs.size() - 1;
            Run stored = runs.isEmpty() ? null : runs.get(at);
            if (stored == null
                    || stored.number() != run.number()
                    || !stored.version().equals(run.version())) {
                throw new Conflict("deleted, or written by another");
            }
            assertThat(stored.isOpen()).as("a run that is over stays as it is").isTrue();
            Run written = run.withVersion(String.valueOf(Integer.parseInt(run.version()) + 1));
            runs.set(at, written);
            return written;
        });
    }

    @Override
    public boolean take(String run, Instant at, int max, Duration window) {
        return call(() -> {
            Instant from = at.minus(window);
            long others = recorded.entrySet().stream()
                    .filter(e -> !e.getKey().equals(run) && e.getValue().isAfter(from))
                    .count();
            if (others >= max) {
                return false;
            }
            recorded.put(run, at);
            return true;
        });
    }

    /** Collecting takes a random time. */
    @Override
    public Evidence collect(Run run, boolean deep, Duration timeout) {
        return call(() -> {
            if (deep) {
                assertThat(pods.stream()
                                .filter(p -> p.attached && p.isServing())
                                .count())
                        .as("what stops the process waits for the replacement")
                        .isGreaterThanOrEqualTo(seen.desired());
            }
            Diagnosis diagnosis = observation.diagnoses().get(run.podUid());
            List<Finding> findings = diagnosis == null ? List.of() : diagnosis.findings();
            Duration least = settings.captureTimeout().dividedBy(3);
            assertThat(findings.stream()
                            .filter(Finding.Leak.class::isInstance)
                            .map(f -> Duration.between(
                                    seenAt.minus(SKEW),
                                    ((Finding.Leak) f).evidence().actBy())))
                    .as("evidence does not delay the act past its latest moment")
                    .allMatch(left -> timeout.compareTo(least) <= 0 || timeout.compareTo(left) <= 0);
            if (mishap > 0) {
                now = now.plusSeconds(random.nextInt((int) timeout.toSeconds() + 1));
            }
            return new Evidence("seen", null);
        });
    }

    @Override
    public void advanced(Run run) {
        listener.accept(run);
    }

    private void assertNotBlocked(String what) {
        assertThat(seen.paused()).as(what + " while paused").isFalse();
        assertThat(seen.rollout()).as(what + " during a rollout").isFalse();
        assertThat(isBlackout(seenAt.plus(SKEW)) && isBlackout(seenAt.minus(SKEW)))
                .as(what + " in a blackout window")
                .isFalse();
    }

    private boolean isBlackout(Instant at) {
        long second = Math.floorMod(at.getEpochSecond(), SECONDS_OF_A_DAY);
        return blackoutFrom >= 0 && second >= blackoutFrom && second < blackoutFrom + 300;
    }

    private ModelPod unchanged(Fleet.Pod pod) {
        return pods.stream()
                .filter(p ->
                        p.uid.equals(pod.uid()) && String.valueOf(p.version).equals(pod.version()))
                .findFirst()
                .orElseThrow(() -> new Conflict("changed"));
    }

    private interface Call<T> {
        T run();
    }

    private <T> T call(Call<T> call) {
        boolean before = mishap();
        if (!before && random.nextInt(12) == 0 && mishap > 0) {
            Observation mine = observation;
            Fleet read = seen;
            Instant readAt = seenAt;
            overtake.run();
            observation = mine;
            seen = read;
            seenAt = readAt;
        }
        if (mishap > 0) {
            switch (random.nextInt(200)) {
                case 0 -> paused = !paused;
                case 1 -> rollout = !rollout;
                case 2 -> mode = Mode.values()[random.nextInt(4)];
                default -> {}
            }
        }
        T result = call.run();
        mishap();
        return result;
    }

    /** An error or a crash, with equal probability. */
    private boolean mishap() {
        if (random.nextDouble() < mishap) {
            if (random.nextBoolean()) {
                throw new Crash();
            }
            throw new Unavailable("the API server does not answer", null);
        }
        return false;
    }
}
