package io.proxyroute.e2e;

import java.util.List;

/** What a command such as {@code make demo} does once it has an environment to run in. */
@FunctionalInterface
public interface Scenario {

    /**
     * Runs to completion.
     *
     * @param namespaceName name of the namespace to create and use
     * @return one sentence per failed check; empty if all checks passed
     */
    List<String> run(TestEnvironment environment, String namespaceName);
}
