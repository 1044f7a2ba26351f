package io.proxyroute.operator.remediation.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import java.net.HttpURLConnection;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Calls of all routes' remediation to the API server. Their number at a time is limited, because each route has a thread of its
 * own, and all of them start when an operator becomes leader. Thread-safe; calls block.
 */
public final class ApiCalls {

    private final KubernetesClient client;
    private final Semaphore permits;

    /**
     * @param client must not retry requests; closed by the caller
     * @param concurrent how many calls may be in progress
     */
    public ApiCalls(KubernetesClient client, int concurrent) {
        this.client = client;
        this.permits = new Semaphore(concurrent, true);
    }

    /**
     * Runs a call and translates its errors into the exceptions of the ports.
     *
     * @param action what the call does, for messages
     * @throws Conflict on 409, and on 404 since the object is gone
     * @throws Unavailable on any other error
     */
    <T> T call(String action, Function<KubernetesClient, T> call) {
        try {
            return limited(call);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new Conflict("Cannot " + action + ": " + e.getMessage());
            }
            throw new Unavailable("Cannot " + action + ": " + e.getMessage(), e);
        }
    }

    /** Runs a call whose errors the caller judges. */
    <T> T limited(Function<KubernetesClient, T> call) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The operator is shutting down.", e);
        }
        try {
            return call.apply(client);
        } finally {
            permits.release();
        }
    }
}
