package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the cluster and says what is seen. Confined to the story's thread. */
final class Watch {

    private final Route route;
    private final Requests requests;
    private final Instant start;
    private final Map<String, Load> loads = new LinkedHashMap<>();
    private final Map<String, List<Double>> liveSets = new HashMap<>();
    private final Map<String, Double> heapMax = new HashMap<>();
    private final Map<String, Double> searches = new HashMap<>();
    private Optional<Scene.PodView> fed = Optional.empty();

    Watch(Route route, Instant start) {
        this.route = route;
        this.requests = new Requests(route.sandbox().client());
        this.start = start;
    }

    /** Takes a generator into view. */
    void add(String target, Load load) {
        loads.put(target, load);
    }

    /** What the cluster looks like now. */
    Scene look() {
        ProxyRoute current = route.get();
        List<Scene.PodView> pods = route.pods().stream().map(this::view).toList();
        List<RemediationRun> runs = route.runs();
        if (runs.isEmpty()) {
            fed = pods.stream()
                    .filter(pod -> searchesOf(pod) > 0)
                    .max(Comparator.comparingDouble(this::searchesOf))
                    .or(() -> fed);
        }
        return new Scene(
                Duration.between(start, Instant.now()),
                conditions(current),
                pods,
                runs.isEmpty() ? Optional.empty() : Optional.of(view(runs.getLast())),
                remediationPhase(current),
                traffic());
    }

    /** The live sets of a pod, in megabytes, oldest first; kept after its end. */
    List<Double> liveSetOf(String uid) {
        return List.copyOf(liveSets.getOrDefault(uid, List.of()));
    }

    /**
     * The pod that the indexer's searches reached, by the pods' own counts, as long as no remediation had begun: the one
     * that leaks.
     */
    Optional<Scene.PodView> fed() {
        return fed;
    }

    private double searchesOf(Scene.PodView pod) {
        return searches.getOrDefault(pod.uid(), 0.0);
    }

    private static List<Condition> conditions(ProxyRoute route) {
        return route == null || route.getStatus() == null
                ? List.of()
                : route.getStatus().conditions();
    }

    private static String remediationPhase(ProxyRoute route) {
        return route == null || route.getStatus() == null || route.getStatus().remediation() == null
                ? null
                : route.getStatus().remediation().phase().name();
    }

    private Scene.PodView view(Pod pod) {
        String uid = pod.getMetadata().getUid();
        String state = stateOf(pod);
        List<Double> liveSet = liveSets.computeIfAbsent(uid, key -> new ArrayList<>());
        // One that ends may be gone when it is asked, and the API server would wait long for it.
        if (state.equals("ready") || state.equals("detached")) {
            measure(pod, uid, liveSet);
        }
        return new Scene.PodView(
                pod.getMetadata().getName(),
                uid,
                state,
                restarts(pod),
                List.copyOf(liveSet),
                heapMax.getOrDefault(uid, 0.0));
    }

    private void measure(Pod pod, String uid, List<Double> liveSet) {
        try {
            PodMetrics metrics = PodMetrics.of(
                    requests, route.sandbox().namespace(), pod.getMetadata().getName());
            metrics.liveSet().ifPresent(liveSet::add);
            heapMax.put(uid, metrics.heapMax());
            searches.put(uid, metrics.sum("proxyroute_exchange_seconds_count", "rule=\"" + Story.LEAKING_RULE + "\""));
        } catch (IllegalStateException e) {
            // A pod that ends does not answer any more; the chart stays as it is.
        }
    }

    private static String stateOf(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return "ending";
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

    private Scene.RunView view(RemediationRun run) {
        RemediationRunStatus status = run.getStatus();
        String name = run.getMetadata().getName();
        if (status == null) {
            return new Scene.RunView(
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
        return new Scene.RunView(
                name,
                run.getSpec().podName(),
                run.getSpec().podUid(),
                run.getSpec().cause().message(),
                status.phaseTimes().stream()
                        .map(each -> new Scene.PhaseView(each.phase().name(), Duration.between(start, each.at())))
                        .toList(),
                status.outcome() == null ? null : status.outcome().name(),
                status.message(),
                status.verdict(),
                status.replacement() == null ? null : status.replacement().podName(),
                status.reportRef());
    }

    private Scene.Traffic traffic() {
        List<LoadLine.Second> seconds = loads.entrySet().stream()
                .flatMap(each -> each.getValue().latest(each.getKey()).stream())
                .toList();
        return new Scene.Traffic(
                seconds.stream().mapToLong(LoadLine.Second::ok).sum(),
                seconds.stream().mapToLong(LoadLine.Second::sentTotal).sum(),
                seconds.stream().mapToLong(LoadLine.Second::failedTotal).sum(),
                seconds.stream().mapToDouble(LoadLine.Second::p99Millis).max().orElse(0));
    }
}
