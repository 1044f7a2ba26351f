package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Clusters;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.terminal.Screen;
import io.proxyroute.e2e.terminal.Steps;
import io.proxyroute.e2e.workload.Sandbox;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Where a command or a run of tests plays: a cluster, ProxyRoute in it, namespaces. What was made is removed, newest
 * first, when the stage is closed or the process is ended by a signal; {@code KEEP=1} leaves it. Thread-safe.
 */
public final class Stage implements AutoCloseable {

    private final Screen screen;
    private final Steps steps;
    private final Thread opener = Thread.currentThread();
    private final Thread hook = new Thread(this::closeOnSignal, "remove what was made");
    private final Deque<Made> made = new ConcurrentLinkedDeque<>();
    private volatile boolean signalled;
    private volatile Cluster cluster;
    private volatile Installation installation;

    /** A stage with nothing on it yet. */
    public Stage(Screen screen) {
        this.screen = screen;
        this.steps = new Steps(screen);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Something to remove.
     *
     * @param name in a few words
     * @param thing to close
     * @param isStep whether removing it is worth telling, asked when that begins
     */
    private record Made(String name, AutoCloseable thing, BooleanSupplier isStep) {}

    /** What a command does on a stage. */
    public interface Play {

        /**
         * Plays to the end.
         *
         * @param namespace to play in
         * @return what went wrong, in sentences; empty when all is well
         */
        List<String> on(Stage stage, String namespace);
    }

    /**
     * Plays, says how it ended, writes down what the cluster knows when it did not end well, and removes what was made.
     *
     * @param command of {@code make}
     * @param success the sentence when nothing went wrong
     * @return exit status of the command
     */
    public static int play(String command, String success, Play play) {
        String namespace = "proxyroute-" + command;
        Stage stage = new Stage(Screen.standard());
        boolean well = false;
        try {
            List<String> complaints = play.on(stage, namespace);
            well = complaints.isEmpty();
            stage.screen.say("");
            complaints.forEach(complaint -> stage.screen.say("  ✗ " + complaint));
            if (well) {
                stage.screen.say("  ✓ " + success);
            }
        } catch (RuntimeException e) {
            if (!stage.signalled) {
                stage.screen.say("  ✗ It failed: " + (e.getMessage() == null ? e : e.getMessage()));
            }
        }
        if (!well) {
            stage.writeDown(namespace, command);
        }
        stage.close();
        stage.sayWhatIsLeft(namespace, command);
        return well && stage.isGone() ? 0 : 1;
    }

    /** Whether everything is left for a look around. */
    static boolean isKept() {
        return "1".equals(System.getenv("KEEP"));
    }

    /** The screen that all is told on. */
    public Screen screen() {
        return screen;
    }

    /** The cluster, brought up at the first call. */
    public synchronized Cluster cluster() {
        if (cluster == null) {
            Cluster chosen = Clusters.choose(steps, isKept());
            made.push(new Made(chosen.description(), chosen, () -> false));
            chosen.up();
            cluster = chosen;
        }
        return cluster;
    }

    /** Loads the images and deploys CRDs and operator. */
    public synchronized void install() {
        Cluster there = cluster();
        installation = new Installation(there);
        made.push(new Made("operator", installation, installation::isOurs));
        installation.loadImages();
        if (installation.isThere() && !there.isOurs()) {
            steps.say("  The operator that runs there is replaced by this source tree's, which stays.");
        }
        steps.run("Operator", "manifests/base on " + there.description(), installation::deploy);
        removeLeftNamespaces(there);
    }

    /** Their pods would take the node's room. */
    private void removeLeftNamespaces(Cluster there) {
        List<Sandbox> left = Sandbox.left(there.client());
        if (!left.isEmpty()) {
            String names = left.stream().map(Sandbox::namespace).collect(Collectors.joining(", "));
            steps.run("Remove what a run left", names, () -> left.forEach(Sandbox::close));
        }
    }

    /** Makes a namespace. */
    public Sandbox sandbox(String namespace) {
        Cluster there = cluster();
        Sandbox sandbox = steps.get("Namespace", namespace, () -> Sandbox.open(there.client(), namespace, isKept()));
        made.push(new Made("namespace " + namespace, sandbox, () -> true));
        return sandbox;
    }

    /** Has something else removed too; to be called before it is made. */
    void enter(String name, AutoCloseable thing) {
        made.push(new Made(name, thing, () -> false));
    }

    /** Removes something before the rest, if it was made. */
    void remove(AutoCloseable thing) {
        made.stream().filter(each -> each.thing() == thing).forEach(this::remove);
    }

    /** Writes down what the cluster knows, once it is up. */
    void writeDown(String namespace, String title) {
        if (cluster != null && !signalled) {
            Autopsy.write(cluster, namespace, title);
        }
    }

    /** Whether nothing that was made is left. */
    boolean isGone() {
        return isKept() || made.isEmpty();
    }

    @Override
    public void close() {
        removeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already, and the hook removes what is left.
        }
    }

    private void closeOnSignal() {
        signalled = true;
        opener.interrupt();
        removeAll();
    }

    private void removeAll() {
        // One at a time: the one who is interrupted waits here for the one who removes.
        synchronized (made) {
            if (isKept()) {
                return;
            }
            if (wholeClusterGoes()) {
                made.removeIf(each -> !(each.thing() instanceof Cluster));
            }
            made.forEach(this::remove);
        }
    }

    private boolean wholeClusterGoes() {
        return made.peekLast() != null && made.peekLast().thing() instanceof Cluster entered && entered.isOurs();
    }

    /** What cannot be removed stays entered. */
    private void remove(Made each) {
        try {
            if (each.isStep().getAsBoolean()) {
                steps.run("Remove " + each.name(), "", () -> close(each.thing()));
            } else {
                close(each.thing());
            }
            made.remove(each);
        } catch (RuntimeException e) {
            screen.say("  ✗ Not removed: " + each.name() + ": " + e.getMessage());
        }
    }

    private static void close(AutoCloseable thing) {
        try {
            thing.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void sayWhatIsLeft(String namespace, String command) {
        if (cluster == null) {
            return;
        }
        if (isKept()) {
            screen.say("  Look around:  " + cluster.kubectlLine() + " -n " + namespace + " get pxr,rrun,pods -o wide");
        } else if (isGone()) {
            screen.say(
                    "  " + whatWasRemoved() + " KEEP=1 make " + command + " leaves it, to look around with kubectl.");
        }
        screen.say("");
    }

    private String whatWasRemoved() {
        if (cluster.isOurs()) {
            return "Everything that was made is removed.";
        }
        boolean operatorStays = installation != null && !installation.isOurs();
        return "What was made is removed; " + cluster.description() + (operatorStays ? " and its operator" : "")
                + " ran before and " + (operatorStays ? "go on." : "goes on.");
    }
}
