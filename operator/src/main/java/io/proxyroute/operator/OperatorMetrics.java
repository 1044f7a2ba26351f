package io.proxyroute.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.observe.SampleSink;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All meters of the operator. None has a route or pod as a label, so their number does not grow with the cluster. */
final class OperatorMetrics implements Metrics, SampleSink, StatusListener, AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    /** Reasons of the conditions, by route UID. */
    private final Map<String, Set<String>> reasons = new ConcurrentHashMap<>();

    OperatorMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
        Stream.of(Reason.values()).filter(reason -> reason.condition() != null).forEach(reason -> Gauge.builder(
                        "proxyroute.routes", reasons, all -> all.values().stream()
                                .filter(those -> those.contains(reason.name()))
                                .count())
                .description("Routes by the reason of each of their conditions")
                .tag("condition", reason.condition().name())
                .tag("reason", reason.name())
                .register(registry));
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    String scrape() {
        return registry.scrape();
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "failure";
        try {
            T result = execution.execute();
            outcome = "success";
            return result;
        } finally {
            sample.stop(Timer.builder("proxyroute.reconcile")
                    .description("Reconciliations of routes")
                    .tag("outcome", outcome)
                    .register(registry));
        }
    }

    @Override
    public void failedReconciliation(HasMetadata resource, Exception exception, Map<String, Object> metadata) {
        Counter.builder("proxyroute.reconcile.errors")
                .description("Reconciliations that failed and are retried")
                .tag("error", exception.getClass().getSimpleName())
                .register(registry)
                .increment();
    }

    void pushed(Acknowledgement result, Duration took) {
        Timer.builder("proxyroute.push")
                .description("Pushes of configuration or endpoints to a proxy")
                .tag(
                        "result",
                        switch (result) {
                            case Acknowledgement.Accepted _ -> "accepted";
                            case Acknowledgement.Rejected _ -> "rejected";
                            case Acknowledgement.Superseded _ -> "superseded";
                            case Acknowledgement.Unreachable _ -> "unreachable";
                        })
                .register(registry)
                .record(took);
    }

    @Override
    public void accept(PodSample sample) {
        Counter.builder("proxyroute.samples")
                .description("Polled snapshots")
                .tag("result", sample.snapshot().isPresent() ? "known" : "unknown")
                .register(registry)
                .increment();
    }

    @Override
    public void gone(ObservedPod pod) {}

    @Override
    public void onConditions(String routeUid, List<Condition> conditions) {
        reasons.put(routeUid, conditions.stream().map(Condition::getReason).collect(Collectors.toSet()));
    }

    @Override
    public void onRouteDeleted(String routeUid) {
        reasons.remove(routeUid);
    }

    @Override
    public void onProxyDied(String cause) {
        Counter.builder("proxyroute.proxy.deaths")
                .description("Processes of proxies that ran out of memory or crashed")
                .tag("cause", cause)
                .register(registry)
                .increment();
    }

    @Override
    public void onEvent(EventRecorder.Type type, String reason) {
        Counter.builder("proxyroute.events")
                .description("Events for users, including repeated ones")
                .tag("type", type.name())
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
