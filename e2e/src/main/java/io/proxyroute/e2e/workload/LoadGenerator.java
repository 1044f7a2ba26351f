package io.proxyroute.e2e.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.testbed.load.LoadReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A load generator in a pod. Reads the reports from the pod's log on a virtual thread. Thread-safe. */
public final class LoadGenerator implements AutoCloseable {

    /** CPU request; all pods that {@code NodeCapacity} admits and their generators fit on two cores. */
    private static final String DEFAULT_CPU = "150m";

    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

    private final TestNamespace namespace;
    private final String name;
    private final int targetCount;
    private final Map<String, LoadReport.Second> seconds = new ConcurrentHashMap<>();
    private final Map<String, LoadReport.Summary> summaries = new ConcurrentHashMap<>();
    private final Set<LoadReport.Loss> losses = new LinkedHashSet<>();
    private final Thread reader;
    private volatile boolean closed;

    private LoadGenerator(TestNamespace namespace, String name, int targetCount) {
        this.namespace = namespace;
        this.name = name;
        this.targetCount = targetCount;
        this.reader = Thread.ofVirtual().name("log of " + name).start(this::readLog);
    }

    /**
     * Starts a generator and waits for the report of its first second.
     *
     * @param name name of the pod
     * @param targets {@code NAME=URL}
     * @param options options of {@code testbed load}
     */
    public static LoadGenerator start(TestNamespace namespace, String name, List<String> targets, String... options) {
        return start(namespace, name, DEFAULT_CPU, targets, options);
    }

    /**
     * Starts a generator with its own CPU request, which keeps its rate on a busy node.
     *
     * @param cpu a Kubernetes quantity
     * @see #start(TestNamespace, String, List, String...)
     */
    public static LoadGenerator start(
            TestNamespace namespace, String name, String cpu, List<String> targets, String... options) {
        List<String> arguments = new ArrayList<>(List.of("load"));
        arguments.addAll(List.of(options));
        arguments.addAll(targets);
        String quoted = arguments.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(", ", "[", "]"));
        namespace.apply("workload/load.yaml", Map.of("name", name, "cpu", cpu, "arguments", quoted));
        LoadGenerator load = new LoadGenerator(namespace, name, targets.size());
        load.awaitFirstSecond();
        return load;
    }

    private void awaitFirstSecond() {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (seconds.size() < targetCount && summaries.size() < targetCount) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("load generator " + name + " reports nothing after "
                        + START_TIMEOUT.toSeconds() + " s: " + tailLog());
            }
            pause();
        }
    }

    private PodResource pod() {
        return namespace.client().pods().inNamespace(namespace.name()).withName(name);
    }

    /** Follows the log until the run ends; rereads it from the start after a broken connection. */
    private void readLog() {
        while (!closed && !Thread.interrupted() && summaries.size() < targetCount) {
            try (LogWatch log = pod().watchLog();
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(log.getOutput(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    accept(line);
                }
            } catch (IOException | KubernetesClientException e) {
                // The container has not started, or the connection broke: retry.
            }
            if (!closed) {
                pause();
            }
        }
    }

    private void accept(String line) {
        parse(line).ifPresent(parsed -> {
            switch (parsed) {
                case LoadReport.Second second -> seconds.put(second.target(), second);
                case LoadReport.Summary summary -> summaries.put(summary.target(), summary);
                case LoadReport.Loss loss -> {
                    synchronized (losses) {
                        losses.add(loss);
                    }
                }
            }
        });
    }

    /** Parses a line of the log; empty if it is not a report, or truncated. */
    static Optional<LoadReport> parse(String line) {
        if (!line.startsWith("{\"line\":")) {
            // Output of the JVM, or a message of the API server that the container has not started.
            return Optional.empty();
        }
        try {
            return Optional.of(LoadReport.parse(line));
        } catch (JsonProcessingException e) {
            // The connection broke within the line; rereading the log repeats it.
            return Optional.empty();
        }
    }

    /** The latest per-second report of a target. */
    public Optional<LoadReport.Second> latest(String target) {
        return Optional.ofNullable(seconds.get(target));
    }

    /** The requests lost so far, at most a hundred per target. */
    public List<LoadReport.Loss> losses() {
        synchronized (losses) {
            return List.copyOf(losses);
        }
    }

    /** Stops the run early and returns its summaries. */
    public Map<String, LoadReport.Summary> stop() {
        // Unlike a deletion, a deadline stops the pod and keeps its log.
        pod().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"activeDeadlineSeconds\":1}}");
        return await(Duration.ofMinutes(1));
    }

    /**
     * Waits until the run ends.
     *
     * @return a summary per target
     * @throws IllegalStateException the run does not end in time
     */
    public Map<String, LoadReport.Summary> await(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (summaries.size() < targetCount) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("load generator " + name + " is still running after "
                        + timeout.toSeconds() + " s: " + tailLog());
            }
            pause();
        }
        return Map.copyOf(summaries);
    }

    private String tailLog() {
        try {
            return pod().tailingLines(5).getLog();
        } catch (KubernetesClientException e) {
            return e.getMessage();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        pod().withGracePeriod(0).delete();
        reader.interrupt();
    }
}
