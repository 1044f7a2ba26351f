package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvictionResult;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The rules of a cluster that episodes depend on, in memory: a ReplicaSet that keeps its count, optimistic locking,
 * evictions with preconditions and a disruption budget, pods that start, drain and die. Every call may fail before or
 * after it took effect, end the caller (a crash), or be overtaken by another operator. Each write is checked against
 * the invariants at the moment when it happens.
 */
final class ClusterModel implements Pods, Journal, ActionBudget, EvidenceCollector {

    static final Duration SKEW = Duration.ofSeconds(5);

    /** The operator's process ends in the middle of a tick. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static final class ModelPod {
        final String uid;
        final Instant createdAt;
        final Instant readyAt;
        final boolean leaks;
        int version;
        boolean attached = true;
        boolean ready;
        Instant goneAt;

        ModelPod(String uid, Instant createdAt, Instant readyAt, boolean leaks) {
            this.uid = uid;
            this.createdAt = createdAt;
            this.readyAt = readyAt;
            this.leaks = leaks;
        }

        boolean serves() {
            return ready && goneAt == null;
        }
    }

    final SplittableRandom random;
    final DecisionSettings settings;
    final List<ModelPod> pods = new ArrayList<>();
    final List<Run> runs = new ArrayList<>();
    final Map<String, Instant> noted = new HashMap<>();
    final List<Instant> evictions = new ArrayList<>();
    final Map<String, Integer> evictionsByUid = new HashMap<>();
    final double mishap;
    int captures;

    Instant now = Instant.parse("2030-01-01T00:00:00Z");
    int wanted;
    int minAvailable;
    boolean paused;
    boolean rollout;
    Mode mode = Mode.AUTO;
    boolean replacementsStart = true;
    boolean impossible;
    /** What the operator that is calling now was told; null when calls are not of a tick. */
    Map<String, Diagnosis> told = Map.of();
    /** Lets another operator run in the middle of a call. */
    Runnable overtake = () -> {};

    private int serial;

    ClusterModel(SplittableRandom random, DecisionSettings settings, int wanted, double mishap) {
        this.random = random;
        this.settings = settings;
        this.wanted = wanted;
        this.minAvailable = Math.max(0, wanted - 1);
        this.mishap = mishap;
        for (int i = 0; i < wanted; i++) {
            ModelPod pod = start(Duration.ZERO);
            pod.ready = true;
        }
    }

    /** Lets time pass and the cluster's controllers work. */
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
        for (int i = counted.size(); i < wanted; i++) {
            start(Duration.ofSeconds(random.nextInt(5, 40)));
        }
        counted.sort(
                (a, b) -> a.ready != b.ready ? Boolean.compare(a.ready, b.ready) : b.createdAt.compareTo(a.createdAt));
        for (int i = 0; i < counted.size() - wanted; i++) {
            end(counted.get(i));
        }
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
        return call(() -> new Fleet(
                1,
                mode,
                paused,
                rollout,
                wanted,
                minAvailable,
                pods.stream()
                        .map(p -> new Fleet.Pod(
                                p.uid,
                                p.uid,
                                String.valueOf(p.version),
                                p.attached,
                                p.ready,
                                p.goneAt != null,
                                p.createdAt))
                        .toList()));
    }

    @Override
    public void detach(Fleet.Pod pod) {
        call(() -> {
            ModelPod target = unchanged(pod);
            assertQuiet("detach");
            assertThat(mode).as("only Auto touches pods").isEqualTo(Mode.AUTO);
            assertThat(pods.stream().filter(p -> !p.attached && p.goneAt == null))
                    .as("one action in flight")
                    .isEmpty();
            Diagnosis diagnosis = told.get(pod.uid());
            assertThat(diagnosis).as("something is known of the pod").isNotNull();
            assertThat(diagnosis.findings()).as("it is still found").isNotEmpty();
            assertThat(Duration.between(diagnosis.at(), now))
                    .as("age of the sample")
                    .isLessThanOrEqualTo(settings.detection().staleAfter().plus(SKEW));
            assertThat(captures > 0 || runs.getLast().evidence() != null)
                    .as("capture is tried before the act")
                    .isTrue();
            target.attached = false;
            target.version++;
            return null;
        });
    }

    @Override
    public void reattach(Fleet.Pod pod) {
        call(() -> {
            ModelPod target = unchanged(pod);
            assertQuiet("reattach");
            target.attached = true;
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
            if (impossible) {
                return EvictionResult.IMPOSSIBLE;
            }
            int ready =
                    (int) pods.stream().filter(p -> p != target && p.serves()).count();
            if (ready < minAvailable || mishap > 0 && random.nextInt(4) == 0) {
                return EvictionResult.BLOCKED;
            }
            assertQuiet("evict");
            assertThat(mode).as("only Auto touches pods").isEqualTo(Mode.AUTO);
            assertThat(target.attached).as("evicted after a surge").isFalse();
            int needed = Math.max(minAvailable, Math.ceilDiv(settings.minHealthyPercent() * wanted, 100));
            assertThat(ready).as("ready pods without the victim").isGreaterThanOrEqualTo(needed);
            assertThat(evictionsByUid.merge(pod.uid(), 1, Integer::sum))
                    .as("evictions of " + pod.uid())
                    .isEqualTo(1);
            evictions.add(now);
            Instant from = now.minus(DecisionSettings.WINDOW).plus(SKEW.multipliedBy(2));
            assertThat(evictions.stream().filter(e -> e.isAfter(from)).count())
                    .as("actions of the route in the window")
                    .isLessThanOrEqualTo(settings.maxActionsPerHour());
            assertThat(noted.values().stream().filter(e -> e.isAfter(from)).count())
                    .as("actions of the cluster in the window")
                    .isLessThanOrEqualTo(settings.maxActionsPerHourInCluster());
            end(target);
            return EvictionResult.ACCEPTED;
        });
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
            assertThat(runs.isEmpty() || runs.getLast().state().terminal())
                    .as("the lock is free")
                    .isTrue();
            Run created = run.version("0");
            runs.add(created);
            return created;
        });
    }

    @Override
    public Run update(Run run) {
        return call(() -> {
            Run stored = runs.get(run.number() - 1);
            if (!stored.version().equals(run.version())) {
                throw new Conflict("written by another");
            }
            assertThat(stored.state().terminal())
                    .as("a run that is over stays as it is")
                    .isFalse();
            Run written = run.version(String.valueOf(Integer.parseInt(run.version()) + 1));
            runs.set(run.number() - 1, written);
            return written;
        });
    }

    @Override
    public boolean take(String run, Instant at, int max, Duration window) {
        return call(() -> {
            Instant from = at.minus(window);
            long others = noted.entrySet().stream()
                    .filter(e -> !e.getKey().equals(run) && e.getValue().isAfter(from))
                    .count();
            if (others >= max) {
                return false;
            }
            noted.put(run, at);
            return true;
        });
    }

    @Override
    public Evidence collect(Run run, boolean deep, Duration timeout) {
        captures++;
        return call(() -> {
            if (deep) {
                assertThat(pods.stream().filter(p -> p.attached && p.serves()).count())
                        .as("what stops the process waits for the replacement")
                        .isGreaterThanOrEqualTo(wanted);
            }
            return new Evidence("seen", null);
        });
    }

    @Override
    public long errorsWithout(String podUid) {
        return 0;
    }

    @Override
    public void progressed(Run run) {}

    private void assertQuiet(String what) {
        assertThat(paused).as(what + " while paused").isFalse();
        assertThat(rollout).as(what + " during a rollout").isFalse();
        assertThat(settings.blackouts())
                .as(what + " in a blackout window")
                .noneMatch(b -> b.contains(now.plus(SKEW)) && b.contains(now.minus(SKEW)));
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
            Map<String, Diagnosis> mine = told;
            overtake.run();
            told = mine;
        }
        T result = call.run();
        mishap();
        return result;
    }

    /** An error or a crash, half and half. */
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
