package io.proxyroute.contract.config;

/**
 * One thing that is wrong with a document.
 *
 * @param path the field, as {@code rules[0].backendRefs[1].weight}; empty for the document itself
 * @param message one sentence: what is wrong and what would be right
 */
public record ConfigError(String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
