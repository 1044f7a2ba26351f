package io.proxyroute.operator.compile;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.status.Problem;
import java.util.List;

/** The outcome of compiling a route's configuration. */
public sealed interface Compilation {

    /**
     * It can be served.
     *
     * @param config bears its hash, and no sequence yet
     */
    record Compiled(ConfigDocument config) implements Compilation {}

    /**
     * It cannot be served as it is written; what was served before goes on.
     *
     * @param problems every one found; at least one
     */
    record Rejected(List<Problem> problems) implements Compilation {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
