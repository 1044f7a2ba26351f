package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collects failures that persist until a user changes something: the API server rejects an object, or a name is already
 * in use. The route's status reports them, and the reconciliation continues. Used by one reconciliation.
 */
public final class PermanentFailures {

    private static final int TOO_MANY_REQUESTS = 429;

    /** Status codes in the 400s after which the same request may still succeed. */
    private static final Set<Integer> RETRYABLE = Set.of(
            HttpURLConnection.HTTP_UNAUTHORIZED,
            HttpURLConnection.HTTP_NOT_FOUND,
            HttpURLConnection.HTTP_CLIENT_TIMEOUT,
            HttpURLConnection.HTTP_CONFLICT,
            TOO_MANY_REQUESTS);

    private final List<Problem> problems = new ArrayList<>();

    /**
     * Runs requests for an object and collects a permanent failure.
     *
     * @param object description for messages, see {@link #name}
     * @throws KubernetesClientException if the failure is not permanent, so that a retry may succeed
     */
    public void attempt(String object, Runnable requests) {
        try {
            requests.run();
        } catch (KubernetesClientException | NameConflictException e) {
            problems.add(of(object, e).orElseThrow(() -> e));
        }
    }

    /** The failures collected so far. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Converts an exception to a problem; empty if the failure is not permanent. */
    public static Optional<Problem> of(String object, RuntimeException e) {
        if (e instanceof NameConflictException) {
            return Optional.of(new Problem(Reason.NameConflict, "", e.getMessage()));
        }
        return e instanceof KubernetesClientException failure && isPermanent(failure.getCode())
                ? Optional.of(new Problem(
                        Reason.RejectedByApiServer,
                        "",
                        "The API server rejects %s: %s".formatted(object, message(failure))))
                : Optional.empty();
    }

    /** Description of an object for messages. */
    public static String name(HasMetadata object) {
        return "%s %s/%s"
                .formatted(
                        object.getKind(),
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName());
    }

    private static boolean isPermanent(int code) {
        return code >= 400 && code < 500 && !RETRYABLE.contains(code);
    }

    private static String message(KubernetesClientException e) {
        String message = e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
        return message.endsWith(".") ? message : message + ".";
    }
}
