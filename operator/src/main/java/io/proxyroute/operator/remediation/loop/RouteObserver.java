package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.remediation.decision.DecisionSettings;
import io.proxyroute.operator.remediation.decision.Observation;
import io.proxyroute.operator.remediation.decision.ProcessStatus;
import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.PodWatch;
import io.proxyroute.operator.remediation.detection.Sample;
import io.proxyroute.operator.route.RouteRemediation.ReconciledState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Collects what is known about one route: samples on the poller's threads, the reconciled state on the reconciler's. The loop takes
 * both, and judges them on its own thread without a lock. Thread-safe, except for the methods that only the loop calls.
 */
final class RouteObserver {

    private final int maxActionsPerHourInCluster;
    /** More samples than arrive between two iterations of the loop, unless it is blocked; then the oldest are dropped. */
    private static final int MAX_WAITING = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    /** Used only by the loop. */
    private final Map<String, PodWatch> watches = new HashMap<>();
    /** Used only by the loop. By pod UID; while a run is open, also the last status of pods that are gone. */
    private final Map<String, ProcessStatus> processes = new HashMap<>();

    private ProxyRoute route;
    private ReconciledState state;
    private DecisionSettings settings;
    private String specKey;

    RouteObserver(ProxyRoute route, ReconciledState state, int maxActionsPerHourInCluster) {
        this.maxActionsPerHourInCluster = maxActionsPerHourInCluster;
        update(route, state);
    }

    /** Updates the route and its reconciled state. */
    void update(ProxyRoute newRoute, ReconciledState newState) {
        DecisionSettings newSettings = RouteSettings.of(newRoute.getSpec(), maxActionsPerHourInCluster);
        lock.lock();
        try {
            route = newRoute;
            state = newState;
            settings = newSettings;
            specKey = RouteSettings.specKey(newRoute.getSpec());
        } finally {
            lock.unlock();
        }
    }

    /** Adds a sample; one without a snapshot is ignored. */
    void accept(PodSample sample) {
        if (sample.snapshot().isEmpty()) {
            return;
        }
        lock.lock();
        try {
            String key = specKey;
            DetectionSettings detection = settings.detection();
            enqueue(() -> watches.computeIfAbsent(sample.pod().uid(), PodWatch::new)
                    .add(new Sample(sample.at(), sample.snapshot().get()), key, detection));
        } finally {
            lock.unlock();
        }
    }

    /** Adds the live-set history that a pod has recorded. */
    void backfill(String podUid, LiveSetHistory history) {
        lock.lock();
        try {
            enqueue(() -> Optional.ofNullable(watches.get(podUid)).ifPresent(watch -> watch.backfill(history)));
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(Runnable addition) {
        if (waiting.size() >= MAX_WAITING) {
            waiting.removeFirst();
        }
        waiting.addLast(addition);
    }

    /** The route as last reconciled. */
    ProxyRoute route() {
        lock.lock();
        try {
            return route;
        } finally {
            lock.unlock();
        }
    }

    /** Address of a pod's admin port; empty if it has none. */
    Optional<ProxyAddress> address(String podUid) {
        lock.lock();
        try {
            return state.pods().stream()
                    .filter(pod -> pod.uid().equals(podUid) && pod.proxy() != null)
                    .map(ObservedPod::proxy)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Pods with at least one sample. Called by the loop. */
    List<ObservedPod> sampledPods() {
        return take().state().pods().stream()
                .filter(pod -> watches.containsKey(pod.uid()))
                .toList();
    }

    /** What the reconciler reported last. */
    private record Reported(ProxyRoute route, ReconciledState state, DecisionSettings settings) {}

    /** Adds what has arrived to the watches, and returns what was reconciled last. */
    private Reported take() {
        List<Runnable> arrived;
        Reported reported;
        lock.lock();
        try {
            arrived = List.copyOf(waiting);
            waiting.clear();
            reported = new Reported(route, state, settings);
        } finally {
            lock.unlock();
        }
        arrived.forEach(Runnable::run);
        return reported;
    }

    /**
     * Diagnoses every pod, and forgets pods that are gone. Called by the loop.
     *
     * @param runOpen whether the last status of pods that are gone is still needed
     */
    ObservedRoute observe(Instant now, boolean runOpen) {
        Reported reported = take();
        DetectionSettings detection = reported.settings().detection();
        Map<String, Diagnosis> byUid = new HashMap<>();
        Map<String, Diagnosis> byName = new LinkedHashMap<>();
        for (ObservedPod pod : reported.state().pods()) {
            PodWatch watch = watches.get(pod.uid());
            Diagnosis diagnosis = watch == null ? Diagnosis.unknown(pod.uid(), now) : watch.diagnose(now, detection);
            byUid.put(pod.uid(), diagnosis);
            byName.put(pod.name(), diagnosis);
        }
        watches.forEach((uid, watch) -> watch.newest().ifPresent(sample -> processes.put(uid, statusOf(sample))));
        if (!runOpen) {
            processes.keySet().retainAll(byUid.keySet());
        }
        watches.keySet().retainAll(byUid.keySet());
        Set<String> detached = reported.state().pods().stream()
                .filter(pod -> !pod.attached() && !pod.terminating())
                .map(ObservedPod::uid)
                .collect(Collectors.toSet());
        Observation observation =
                new Observation(byUid, Map.copyOf(processes), reported.state().configHash());
        return new ObservedRoute(reported.route(), reported.settings(), observation, byName, detached);
    }

    private static ProcessStatus statusOf(Sample sample) {
        Snapshot snapshot = sample.snapshot();
        Long proxyFaults = snapshot.traffic().proxyFaultsTotal();
        return new ProcessStatus(
                snapshot.startedAt(),
                snapshot.config() == null ? null : snapshot.config().hash(),
                proxyFaults == null ? snapshot.traffic().proxyErrorsTotal() : proxyFaults);
    }
}
