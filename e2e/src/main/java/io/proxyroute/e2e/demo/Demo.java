package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Clusters;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.cluster.Repository;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays the story in the terminal, from whatever cluster can be had to a summary. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "A proxy pod leaks; the operator finds it and replaces it, and no request is lost.",
            "Exit status: 0 as it should be, 1 a request was lost, the leak was not found or a healthy pod was touched."
        })
public final class Demo implements Callable<Integer> {

    private static final String NAMESPACE = "proxyroute-demo";

    @Option(names = "--keep", defaultValue = "${env:KEEP:-0}", description = "1 leaves everything running.")
    private int keep;

    private final Screen screen = Screen.standard();
    private final Deque<AutoCloseable> made = new ArrayDeque<>();

    private Demo() {}

    /** Runs the demo and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Demo())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    line.getErr().println("The demo failed: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() {
        Thread interrupted = new Thread(this::clearUp, "clear up");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            return play();
        } finally {
            clearUp();
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
    }

    private int play() {
        Steps steps = new Steps(screen);
        Cluster cluster = made(Clusters.open());
        Installation.loadImages(cluster);
        Installation installation = made(steps.get(
                "Operator", "manifests/base on " + cluster.description(), () -> Installation.deploy(cluster)));
        Sandbox sandbox = made(Sandbox.open(cluster.client(), NAMESPACE));
        Story.Ending ending = new Story(sandbox, screen).play();
        Optional<Path> report = ending.atEnd().run().flatMap(run -> saveReport(cluster, run));
        Summary.of(ending, report).forEach(screen::say);
        List<String> complaints = Verdict.complaints(ending);
        screen.say("");
        complaints.forEach(complaint -> screen.say("  ✗ " + complaint));
        if (complaints.isEmpty()) {
            screen.say("  ✓ The leaking pod was found and replaced, its sibling was left alone, no request was lost.");
        }
        if (keep == 1) {
            installation.keep();
            cluster.keep();
            made.clear();
        }
        sayHowToLookAround(cluster);
        return complaints.isEmpty() ? 0 : 1;
    }

    private <T extends AutoCloseable> T made(T thing) {
        made.push(thing);
        return thing;
    }

    private Optional<Path> saveReport(Cluster cluster, Scene.RunView run) {
        if (run.report() == null) {
            return Optional.empty();
        }
        Requests.Answer answer = new Requests(cluster.client())
                .getFromService(Installation.NAMESPACE, Installation.OPERATOR, Installation.REPORTS_PORT, run.report());
        if (answer.status() != 200) {
            screen.say("  The report cannot be read: status " + answer.status());
            return Optional.empty();
        }
        try {
            Path file = Repository.path("e2e/target/demo/report.html");
            Files.createDirectories(file.getParent());
            return Optional.of(Files.writeString(file, answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sayHowToLookAround(Cluster cluster) {
        screen.say(
                keep == 1
                        ? "  Look around:  " + cluster.kubectlLine() + " -n " + NAMESPACE + " get pxr,rrun,pods -o wide"
                        : "  Everything is removed now; KEEP=1 make demo leaves it, to look around with kubectl.");
        screen.say("");
    }

    /** Removes what was made, newest first; also when the demo is interrupted. */
    private synchronized void clearUp() {
        while (!made.isEmpty()) {
            AutoCloseable thing = made.pop();
            try {
                thing.close();
            } catch (Exception e) {
                System.err.println("Not removed: " + thing + ": " + e.getMessage());
            }
        }
    }
}
