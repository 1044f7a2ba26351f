package io.proxyroute.operator.compile;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.status.Problem;
import java.util.List;

/** The result of compiling a route's configuration. */
public sealed interface Compilation {

    /**
     * The configuration is valid.
     *
     * @param config has its hash, but no sequence yet
     */
    record Compiled(ConfigDocument config) implements Compilation {}

    /**
     * The spec is invalid; the previous configuration stays in use.
     *
     * @param problems all errors; at least one
     */
    record Rejected(List<Problem> problems) implements Compilation {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
