package io.proxyroute.operator.remediation.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** Translates errors of the API server into the exceptions of the ports. */
final class ApiErrors {

    private ApiErrors() {}

    /**
     * @param action what the call does, for messages
     * @throws Conflict on 409, and on 404 since the object is gone
     * @throws Unavailable on any other error
     */
    static <T> T translate(String action, Supplier<T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new Conflict("Cannot " + action + ": " + e.getMessage());
            }
            throw new Unavailable("Cannot " + action + ": " + e.getMessage(), e);
        }
    }
}
