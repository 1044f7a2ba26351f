package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.ClusterSelector;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.terminal.StepReporter;
import io.proxyroute.e2e.terminal.Terminal;
import io.proxyroute.e2e.workload.TestNamespace;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A cluster with ProxyRoute installed, and the namespaces that a command or a test run creates in it. On close, or when a
 * signal ends the process, it removes what it created, newest first; {@code KEEP=1} keeps it. Thread-safe.
 */
public final class TestEnvironment implements AutoCloseable {

    private final Terminal terminal;
    private final StepReporter steps;
    private final Thread opener = Thread.currentThread();
    private final Thread shutdownHook = new Thread(this::closeOnSignal, "remove created resources");
    private final Deque<CreatedResource> created = new ConcurrentLinkedDeque<>();
    private volatile boolean interruptedBySignal;
    private volatile Cluster cluster;
    private volatile Installation installation;

    /** Creates an empty environment; nothing is started yet. */
    public TestEnvironment(Terminal terminal) {
        this.terminal = terminal;
        this.steps = new StepReporter(terminal);
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /**
     * A resource to remove on close.
     *
     * @param name name for messages
     * @param resource resource to close
     * @param isReported whether to report its removal as a step; evaluated at removal
     */
    private record CreatedResource(String name, AutoCloseable resource, BooleanSupplier isReported) {}

    /** Whether {@code KEEP=1} asks to keep everything for inspection. */
    static boolean isKept() {
        return "1".equals(System.getenv("KEEP"));
    }

    /** The terminal that receives all output. */
    public Terminal terminal() {
        return terminal;
    }

    /** The cluster; the first call starts it. */
    public synchronized Cluster cluster() {
        if (cluster == null) {
            Cluster selected = ClusterSelector.select(steps, isKept());
            created.push(new CreatedResource(selected.description(), selected, () -> false));
            selected.start();
            cluster = selected;
        }
        return cluster;
    }

    Optional<Cluster> clusterIfStarted() {
        return Optional.ofNullable(cluster);
    }

    boolean isInterruptedBySignal() {
        return interruptedBySignal;
    }

    /** Loads the images and deploys CRDs and operator. */
    public synchronized void install() {
        Cluster target = cluster();
        installation = new Installation(target);
        created.push(new CreatedResource("operator", installation, installation::isOwned));
        installation.loadImages();
        if (installation.isDeployed() && !target.isOwned()) {
            steps.println("  The operator of this source tree replaces the one in the cluster, and stays there.");
        }
        steps.run("Operator", "manifests/base on " + target.description(), installation::deploy);
        removeOrphanedNamespaces(target);
    }

    /** Pods of killed runs would occupy the node. */
    private void removeOrphanedNamespaces(Cluster target) {
        List<TestNamespace> orphans = TestNamespace.findOrphans(target.client());
        if (!orphans.isEmpty()) {
            String names = orphans.stream().map(TestNamespace::name).collect(Collectors.joining(", "));
            steps.run("Remove earlier namespaces", names, () -> orphans.forEach(TestNamespace::close));
        }
    }

    /** Creates a namespace. */
    public TestNamespace createNamespace(String name) {
        Cluster target = cluster();
        TestNamespace namespace =
                steps.call("Namespace", name, () -> TestNamespace.create(target.client(), name, isKept()));
        created.push(new CreatedResource("namespace " + name, namespace, () -> true));
        return namespace;
    }

    /** Registers another resource for removal; call this before creating it. */
    void register(String name, AutoCloseable resource) {
        created.push(new CreatedResource(name, resource, () -> false));
    }

    /** Removes a resource ahead of the others, if it was created. */
    void remove(AutoCloseable resource) {
        created.stream().filter(each -> each.resource() == resource).forEach(this::remove);
    }

    /** Dumps the state of the cluster, if it is up, to {@code e2e/target/failures}. */
    void dumpState(String namespaceName, String title) {
        if (cluster != null && !interruptedBySignal) {
            FailureDump.write(cluster, namespaceName, title);
        }
    }

    /** Whether everything is removed that should be. */
    boolean isCleanedUp() {
        return isKept() || created.isEmpty();
    }

    @Override
    public void close() {
        removeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The process is shutting down already; the hook removes the rest.
        }
    }

    private void closeOnSignal() {
        interruptedBySignal = true;
        opener.interrupt();
        removeAll();
    }

    private void removeAll() {
        // The interrupted main thread waits here until the shutdown hook has finished.
        synchronized (created) {
            if (isKept()) {
                return;
            }
            if (ownsCluster()) {
                // Everything else disappears with the cluster.
                created.removeIf(each -> !(each.resource() instanceof Cluster));
            }
            created.forEach(this::remove);
        }
    }

    private boolean ownsCluster() {
        return created.peekLast() != null
                && created.peekLast().resource() instanceof Cluster oldest
                && oldest.isOwned();
    }

    /** Keeps the entry if the removal fails. */
    private void remove(CreatedResource each) {
        try {
            if (each.isReported().getAsBoolean()) {
                steps.run("Remove " + each.name(), "", () -> close(each.resource()));
            } else {
                close(each.resource());
            }
            created.remove(each);
        } catch (RuntimeException e) {
            terminal.println("  ✗ Cannot remove " + each.name() + ": " + e.getMessage());
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Says in a sentence what closing removed, and what keeps running. */
    String describeCleanup() {
        if (cluster.isOwned()) {
            return "Everything is removed.";
        }
        boolean operatorStays = installation != null && !installation.isOwned();
        return operatorStays
                ? "Removed all test resources; " + cluster.description() + " and its operator keep running."
                : "Removed all test resources; " + cluster.description() + " keeps running.";
    }
}
