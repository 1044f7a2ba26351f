package io.proxyroute.operator.scaling;

import java.util.OptionalInt;

/**
 * The load of a serving pod.
 *
 * @param pod its name
 * @param connections open client connections; empty if there is no recent sample
 */
public record PodLoad(String pod, OptionalInt connections) {

    public static PodLoad known(String pod, int connections) {
        return new PodLoad(pod, OptionalInt.of(connections));
    }

    public static PodLoad unknown(String pod) {
        return new PodLoad(pod, OptionalInt.empty());
    }
}
