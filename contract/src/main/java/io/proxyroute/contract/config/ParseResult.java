package io.proxyroute.contract.config;

import java.util.List;

/** The result of {@link ConfigReader}: a valid document, or all its errors. */
public sealed interface ParseResult<T> {

    /** The document is complete and consistent. */
    record Valid<T>(T document) implements ParseResult<T> {}

    /**
     * The document has errors and must not be served.
     *
     * @param errors all errors found, in the order of the document; at least one
     */
    record Invalid<T>(List<ConfigError> errors) implements ParseResult<T> {

        public Invalid {
            errors = List.copyOf(errors);
        }
    }
}
