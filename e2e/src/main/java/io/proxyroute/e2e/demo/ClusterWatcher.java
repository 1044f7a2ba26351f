package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes snapshots of the demo's route. Confined to the scenario's thread. */
final class ClusterWatcher {

    private final Route route;
    private final ApiProxyClient requests;
    private final Instant start;
    private final Map<String, LoadGenerator> loads = new LinkedHashMap<>();
    private final Map<String, List<Double>> liveSets = new HashMap<>();
    private final Map<String, Double> heapMax = new HashMap<>();
    private final Map<String, Double> searches = new HashMap<>();
    private Optional<ClusterSnapshot.PodState> indexedPod = Optional.empty();

    ClusterWatcher(Route route, Instant start) {
        this.route = route;
        this.requests = new ApiProxyClient(route.namespace().client());
        this.start = start;
    }

    /** Includes the traffic of a generator from now on. */
    void add(String target, LoadGenerator load) {
        loads.put(target, load);
    }

    /** The current state. */
    ClusterSnapshot snapshot() {
        ProxyRoute current = route.get();
        List<ClusterSnapshot.PodState> pods =
                route.pods().stream().map(this::podState).toList();
        List<RemediationRun> runs = route.runs();
        if (runs.isEmpty()) {
            indexedPod = pods.stream()
                    .filter(pod -> searchesOf(pod) > 0)
                    .max(Comparator.comparingDouble(this::searchesOf))
                    .or(() -> indexedPod);
        }
        return new ClusterSnapshot(
                Duration.between(start, Instant.now()),
                conditions(current),
                pods,
                runs.isEmpty() ? Optional.empty() : Optional.of(runState(runs.getLast())),
                remediationPhase(current),
                traffic());
    }

    /** The live-set samples of a pod in MiB, oldest first; also of a deleted pod. */
    List<Double> liveSetOf(String uid) {
        return List.copyOf(liveSets.getOrDefault(uid, List.of()));
    }

    /** The pod that counted the most searches before the first remediation run started: the leaking one. */
    Optional<ClusterSnapshot.PodState> indexedPod() {
        return indexedPod;
    }

    private double searchesOf(ClusterSnapshot.PodState pod) {
        return searches.getOrDefault(pod.uid(), 0.0);
    }

    private static List<Condition> conditions(ProxyRoute route) {
        return route == null || route.getStatus() == null
                ? List.of()
                : route.getStatus().conditions();
    }

    private static RemediationPhase remediationPhase(ProxyRoute route) {
        return route == null || route.getStatus() == null || route.getStatus().remediation() == null
                ? null
                : route.getStatus().remediation().phase();
    }

    private ClusterSnapshot.PodState podState(Pod pod) {
        String uid = pod.getMetadata().getUid();
        String state = stateOf(pod);
        List<Double> liveSet = liveSets.computeIfAbsent(uid, key -> new ArrayList<>());
        // A terminating pod may vanish before it responds, and the API server would wait for it until its timeout.
        if (state.equals("ready") || state.equals("detached")) {
            measure(pod, uid, liveSet);
        }
        return new ClusterSnapshot.PodState(
                pod.getMetadata().getName(),
                uid,
                state,
                restarts(pod),
                List.copyOf(liveSet),
                heapMax.getOrDefault(uid, 0.0));
    }

    private void measure(Pod pod, String uid, List<Double> liveSet) {
        try {
            PodMetrics metrics = PodMetrics.scrape(
                    requests, route.namespace().name(), pod.getMetadata().getName());
            metrics.liveSet().ifPresent(liveSet::add);
            heapMax.put(uid, metrics.heapMax());
            searches.put(
                    uid,
                    metrics.sum("proxyroute_exchange_seconds_count", "rule=\"" + DemoScenario.LEAKING_RULE + "\""));
        } catch (IllegalStateException e) {
            // The pod is terminating and no longer responds; keep its last samples.
        }
    }

    private static String stateOf(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return "terminating";
        }
        boolean ready = pod.getStatus().getConditions().stream()
                .anyMatch(each ->
                        each.getType().equals("Ready") && each.getStatus().equals("True"));
        if (!ready) {
            return "starting";
        }
        return Route.isAttached(pod) ? "ready" : "detached";
    }

    private static int restarts(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    private ClusterSnapshot.RunState runState(RemediationRun run) {
        RemediationRunStatus status = run.getStatus();
        String name = run.getMetadata().getName();
        if (status == null) {
            return new ClusterSnapshot.RunState(
                    name,
                    run.getSpec().podName(),
                    run.getSpec().podUid(),
                    run.getSpec().cause().message(),
                    List.of(),
                    null,
                    null,
                    null,
                    null,
                    null);
        }
        return new ClusterSnapshot.RunState(
                name,
                run.getSpec().podName(),
                run.getSpec().podUid(),
                run.getSpec().cause().message(),
                status.phaseTimes().stream()
                        .map(each -> new ClusterSnapshot.PhaseStart(each.phase(), Duration.between(start, each.at())))
                        .toList(),
                status.outcome() == null ? null : status.outcome().name(),
                status.message(),
                status.summary(),
                status.replacement() == null ? null : status.replacement().podName(),
                status.reportRef());
    }

    private ClusterSnapshot.TrafficStats traffic() {
        List<LoadReport.Second> seconds = loads.entrySet().stream()
                .flatMap(each -> each.getValue().latest(each.getKey()).stream())
                .toList();
        return new ClusterSnapshot.TrafficStats(
                seconds.stream().mapToLong(LoadReport.Second::ok).sum(),
                seconds.stream().mapToLong(LoadReport.Second::sentTotal).sum(),
                seconds.stream().mapToLong(LoadReport.Second::failedTotal).sum(),
                seconds.stream().mapToDouble(LoadReport.Second::p99Millis).max().orElse(0));
    }
}
