package io.proxyroute.operator.status;

/**
 * An error that prevents a route from being served as written.
 *
 * @param reason determines the condition that turns False
 * @param path the field, for example {@code spec.rules[0].backendRefs[1]}; empty if no single field is wrong
 * @param message one sentence: what is wrong and what would be right
 */
public record Problem(Reason reason, String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
