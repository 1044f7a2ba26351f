package io.proxyroute.operator.compile;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.status.Problem;
import java.util.List;
import java.util.Optional;

/** The result of compiling a route's configuration. */
public sealed interface Compilation {

    /** The configuration; empty if the spec was rejected. */
    default Optional<ConfigDocument> config() {
        return Optional.empty();
    }

    /**
     * The configuration is valid.
     *
     * @param document the configuration with its hash, but without a sequence number
     */
    record Compiled(ConfigDocument document) implements Compilation {

        @Override
        public Optional<ConfigDocument> config() {
            return Optional.of(document);
        }
    }

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
