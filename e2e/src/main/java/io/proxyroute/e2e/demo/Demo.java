package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.Stage;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.cluster.Repository;
import io.proxyroute.e2e.terminal.Screen;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Plays the story in the terminal, from whatever cluster can be had to a summary. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "A proxy pod leaks; the operator finds it and replaces it, and no request is lost.",
            "Exit status: 0 as it should be, 1 a request was lost, the leak was not found or a healthy pod was touched."
        })
public final class Demo implements Callable<Integer> {

    private Demo() {}

    /** Runs the demo and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Demo()).execute(args));
    }

    @Override
    public Integer call() {
        return Stage.play(
                "demo",
                "The leaking pod was found and replaced, its sibling was left alone, no request was lost.",
                Demo::play);
    }

    private static List<String> play(Stage stage, String namespace) {
        stage.install();
        Sandbox sandbox = stage.sandbox(namespace);
        Story.Ending ending = new Story(sandbox, stage.screen()).play();
        Optional<Path> report = ending.atEnd().run().flatMap(run -> saveReport(stage.cluster(), stage.screen(), run));
        Summary.of(ending, report).forEach(stage.screen()::say);
        return Verdict.complaints(ending);
    }

    private static Optional<Path> saveReport(Cluster cluster, Screen screen, Scene.RunView run) {
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
}
