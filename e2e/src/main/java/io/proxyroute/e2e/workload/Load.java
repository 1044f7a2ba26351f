package io.proxyroute.e2e.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.testbed.load.LoadLine;
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

/** A load generator in a pod, and what it tells. Thread-safe; reads the pod's log on a thread of its own. */
public final class Load implements AutoCloseable {

    /** Of a core. The pods of a node's {@code NodeRoom} and their generators ask for less than two cores together. */
    private static final String USUAL_CPU = "150m";

    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Sandbox sandbox;
    private final String name;
    private final int targets;
    private final Map<String, LoadLine.Second> seconds = new ConcurrentHashMap<>();
    private final Map<String, LoadLine.Summary> summaries = new ConcurrentHashMap<>();
    private final Set<LoadLine.Loss> losses = new LinkedHashSet<>();
    private final Thread reader;
    private volatile boolean closed;

    private Load(Sandbox sandbox, String name, int targets) {
        this.sandbox = sandbox;
        this.name = name;
        this.targets = targets;
        this.reader = Thread.ofVirtual().name("log of " + name).start(this::read);
    }

    /**
     * Starts a generator and waits until its first second is over.
     *
     * @param name of the pod
     * @param targets {@code NAME=URL}
     * @param options as of {@code testbed load}
     */
    public static Load start(Sandbox sandbox, String name, List<String> targets, String... options) {
        return start(sandbox, name, USUAL_CPU, targets, options);
    }

    /**
     * Starts a generator that may not fall behind on a busy node.
     *
     * @param cpu that it requests, in the form of Kubernetes
     * @see #start(Sandbox, String, List, String...)
     */
    public static Load start(Sandbox sandbox, String name, String cpu, List<String> targets, String... options) {
        List<String> arguments = new ArrayList<>(List.of("load"));
        arguments.addAll(List.of(options));
        arguments.addAll(targets);
        String quoted = arguments.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(", ", "[", "]"));
        sandbox.apply("workload/load.yaml", Map.of("name", name, "cpu", cpu, "arguments", quoted));
        Load load = new Load(sandbox, name, targets.size());
        load.awaitFirstSecond();
        return load;
    }

    private void awaitFirstSecond() {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (seconds.size() < targets && summaries.size() < targets) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("the generator " + name + " does not begin: " + log());
            }
            pause();
        }
    }

    private PodResource pod() {
        return sandbox.client().pods().inNamespace(sandbox.namespace()).withName(name);
    }

    /** Follows the log, from its beginning again when the connection broke, until the run is over. */
    private void read() {
        while (!closed && !Thread.interrupted() && summaries.size() < targets) {
            try (LogWatch log = pod().watchLog();
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(log.getOutput(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    take(line);
                }
            } catch (IOException | KubernetesClientException e) {
                // Not started yet, or the connection broke: read again.
            }
            if (!closed) {
                pause();
            }
        }
    }

    private void take(String line) {
        parse(line).ifPresent(parsed -> {
            switch (parsed) {
                case LoadLine.Second second -> seconds.put(second.target(), second);
                case LoadLine.Summary summary -> summaries.put(summary.target(), summary);
                case LoadLine.Loss loss -> {
                    synchronized (losses) {
                        losses.add(loss);
                    }
                }
            }
        });
    }

    /** A line of the log; empty when it is not the generator's, or only its beginning. */
    static Optional<LoadLine> parse(String line) {
        if (!line.startsWith("{\"line\":")) {
            // Of the JVM's, or the API server saying that the container has not started.
            return Optional.empty();
        }
        try {
            return Optional.of(LoadLine.parse(line));
        } catch (JsonProcessingException e) {
            // The connection broke within the line; it comes again, as the log is read from its beginning.
            return Optional.empty();
        }
    }

    /** The latest second of a target. */
    public Optional<LoadLine.Second> latest(String target) {
        return Optional.ofNullable(seconds.get(target));
    }

    /** What was lost so far, at most a hundred a target. */
    public List<LoadLine.Loss> losses() {
        synchronized (losses) {
            return List.copyOf(losses);
        }
    }

    /** Ends the run early and gives its summaries. */
    public Map<String, LoadLine.Summary> stop() {
        // The kubelet ends a pod whose time is over as it ends any pod, but keeps its log.
        pod().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"activeDeadlineSeconds\":1}}");
        return await(Duration.ofMinutes(1));
    }

    /**
     * Waits for the end of the run.
     *
     * @return a summary for each target
     * @throws IllegalStateException it did not end in time
     */
    public Map<String, LoadLine.Summary> await(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (summaries.size() < targets) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the generator " + name + " did not end: " + log());
            }
            pause();
        }
        return Map.copyOf(summaries);
    }

    private String log() {
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
