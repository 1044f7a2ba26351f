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

    /** All errors that were found. */
    List<Problem> problems();

    /**
     * The configuration is valid.
     *
     * @param document the configuration with its hash, but without a sequence number
     * @param unresolved references that cannot be resolved; their share of the requests is answered with 500
     */
    record Compiled(ConfigDocument document, List<Problem> unresolved) implements Compilation {

        public Compiled {
            unresolved = List.copyOf(unresolved);
        }

        @Override
        public Optional<ConfigDocument> config() {
            return Optional.of(document);
        }

        @Override
        public List<Problem> problems() {
            return unresolved;
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
