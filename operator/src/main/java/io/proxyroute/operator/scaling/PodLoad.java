package io.proxyroute.operator.scaling;

import java.util.OptionalInt;

/**
 * What a serving pod carries.
 *
 * @param pod its name
 * @param connections open client connections; empty when no recent sample tells
 */
public record PodLoad(String pod, OptionalInt connections) {

    public static PodLoad known(String pod, int connections) {
        return new PodLoad(pod, OptionalInt.of(connections));
    }

    public static PodLoad unknown(String pod) {
        return new PodLoad(pod, OptionalInt.empty());
    }
}
