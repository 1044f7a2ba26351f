package io.proxyroute.operator.status;

/**
 * Something that keeps a route from being served as written.
 *
 * @param reason its condition tells which one turns False
 * @param path the field, as {@code spec.rules[0].backendRefs[1]}; empty when it is no single field
 * @param message one sentence: what is wrong and what would be right
 */
public record Problem(Reason reason, String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
