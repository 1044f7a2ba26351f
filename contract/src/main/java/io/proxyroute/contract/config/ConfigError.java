package io.proxyroute.contract.config;

/**
 * An error in a document.
 *
 * @param path the field, for example {@code rules[0].backendRefs[1].weight}; empty for the document itself
 * @param message one sentence: the wrong value and the expected one
 */
public record ConfigError(String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
