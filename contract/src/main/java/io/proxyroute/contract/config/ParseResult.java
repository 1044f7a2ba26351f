package io.proxyroute.contract.config;

import java.util.List;

/** The outcome of {@link ConfigReader}: a document that may be served, or all that is wrong with it. */
public sealed interface ParseResult<T> {

    /** The document is complete and consistent. */
    record Valid<T>(T document) implements ParseResult<T> {}

    /**
     * The document must not be served.
     *
     * @param errors every error found, in the order of the document; at least one
     */
    record Invalid<T>(List<ConfigError> errors) implements ParseResult<T> {

        public Invalid {
            errors = List.copyOf(errors);
        }
    }
}
