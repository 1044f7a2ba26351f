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
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.PodWatch;
import io.proxyroute.operator.remediation.detection.Sample;
import io.proxyroute.operator.route.RouteRemediation.ReconciledState;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Collects what is known about one route: samples on the poller's threads, the reconciled state on the reconciler's.
 * The loop reads a consistent view of both. Thread-safe; no I/O runs under the lock.
 */
final class RouteObserver {

    private final int maxActionsPerHourInCluster;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, PodWatch> watches = new HashMap<>();
    /** By pod UID; while a run is open, also the last status of pods that are gone. */
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
            watches.computeIfAbsent(sample.pod().uid(), PodWatch::new)
                    .add(new Sample(sample.at(), sample.snapshot().get()), specKey, settings.detection());
        } finally {
            lock.unlock();
        }
    }

    /** Adds the live-set history that a pod has recorded. */
    void backfill(String podUid, LiveSetHistory history) {
        lock.lock();
        try {
            Optional.ofNullable(watches.get(podUid)).ifPresent(watch -> watch.backfill(history));
        } finally {
            lock.unlock();
        }
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

    /** Pods with at least one sample. */
    List<ObservedPod> sampledPods() {
        lock.lock();
        try {
            return state.pods().stream()
                    .filter(pod -> watches.containsKey(pod.uid()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Diagnoses every pod, and forgets pods that are gone.
     *
     * @param runOpen whether the last status of pods that are gone is still needed
     */
    ObservedRoute observe(Instant now, boolean runOpen) {
        lock.lock();
        try {
            Map<String, Diagnosis> byUid = new HashMap<>();
            Map<String, Diagnosis> byName = new LinkedHashMap<>();
            for (ObservedPod pod : state.pods()) {
                PodWatch watch = watches.get(pod.uid());
                Diagnosis diagnosis =
                        watch == null ? Diagnosis.unknown(pod.uid(), now) : watch.diagnose(now, settings.detection());
                byUid.put(pod.uid(), diagnosis);
                byName.put(pod.name(), diagnosis);
            }
            watches.forEach((uid, watch) -> watch.newest().ifPresent(sample -> processes.put(uid, statusOf(sample))));
            if (!runOpen) {
                processes.keySet().retainAll(byUid.keySet());
            }
            watches.keySet().retainAll(byUid.keySet());
            Set<String> detached = state.pods().stream()
                    .filter(pod -> !pod.attached() && !pod.terminating())
                    .map(ObservedPod::uid)
                    .collect(Collectors.toSet());
            Observation observation = new Observation(byUid, processes, state.configHash());
            return new ObservedRoute(route, settings, observation, byName, detached);
        } finally {
            lock.unlock();
        }
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
