package io.proxyroute.e2e;

import io.proxyroute.e2e.terminal.Terminal;
import java.util.List;

/** Runs the scenario of a command: prints the result, dumps cluster state on failure, and cleans up. */
public final class ScenarioRunner {

    private final String command;
    private final String namespaceName;
    private final Terminal terminal = Terminal.standardOutput();
    private final TestEnvironment environment = new TestEnvironment(terminal);

    private ScenarioRunner(String command) {
        this.command = command;
        this.namespaceName = "proxyroute-" + command;
    }

    /**
     * Runs a scenario and removes everything that it created.
     *
     * @param command target of {@code make}
     * @param successMessage printed if no check failed
     * @return exit status of the command: 1 if a check failed or something could not be removed
     */
    public static int run(String command, String successMessage, Scenario scenario) {
        return new ScenarioRunner(command).run(successMessage, scenario);
    }

    private int run(String successMessage, Scenario scenario) {
        boolean passed = passes(successMessage, scenario);
        if (!passed) {
            environment.dumpState(namespaceName, command);
        }
        environment.close();
        printLeftovers();
        return passed && environment.isCleanedUp() ? 0 : 1;
    }

    private boolean passes(String successMessage, Scenario scenario) {
        try {
            List<String> failures = scenario.run(environment, namespaceName);
            terminal.println("");
            failures.forEach(failure -> terminal.println("  ✗ " + failure));
            if (failures.isEmpty()) {
                terminal.println("  ✓ " + successMessage);
            }
            return failures.isEmpty();
        } catch (RuntimeException e) {
            if (!environment.isInterruptedBySignal()) {
                terminal.println("  ✗ make " + command + " failed: " + (e.getMessage() == null ? e : e.getMessage()));
            }
            return false;
        }
    }

    private void printLeftovers() {
        environment.clusterIfStarted().ifPresent(cluster -> {
            if (TestEnvironment.isKept()) {
                terminal.println("  Inspect:  " + cluster.kubectlCommand() + " -n " + namespaceName
                        + " get pxr,rrun,pods -o wide");
            } else if (environment.isCleanedUp()) {
                terminal.println(
                        "  " + environment.describeCleanup() + " To keep it for inspection: KEEP=1 make " + command);
            }
            terminal.println("");
        });
    }
}
