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
 * What cannot be put in place until somebody changes something: the API server will not have it, or the name is taken.
 * It is told in the route's status while everything else goes on. Used by one reconciliation.
 */
public final class PermanentFailures {

    private static final int TOO_MANY_REQUESTS = 429;

    /** Answers of the 400s after which the same request may succeed all the same. */
    private static final Set<Integer> PASSING = Set.of(
            HttpURLConnection.HTTP_UNAUTHORIZED,
            HttpURLConnection.HTTP_NOT_FOUND,
            HttpURLConnection.HTTP_CLIENT_TIMEOUT,
            HttpURLConnection.HTTP_CONFLICT,
            TOO_MANY_REQUESTS);

    private final List<Problem> problems = new ArrayList<>();

    /**
     * Runs requests about an object.
     *
     * @param object for people, see {@link #name}
     * @throws KubernetesClientException when they fail otherwise, so that trying again may help
     */
    public void attempt(String object, Runnable requests) {
        try {
            requests.run();
        } catch (KubernetesClientException | NameConflictException e) {
            problems.add(of(object, e).orElseThrow(() -> e));
        }
    }

    /** What was refused so far. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** The refusal that an exception means; empty when it is no refusal. */
    public static Optional<Problem> of(String object, RuntimeException e) {
        if (e instanceof NameConflictException) {
            return Optional.of(new Problem(Reason.NameConflict, "", e.getMessage()));
        }
        return e instanceof KubernetesClientException refused && isFinal(refused.getCode())
                ? Optional.of(new Problem(
                        Reason.RejectedByApiServer,
                        "",
                        "The API server refuses %s: %s".formatted(object, sentence(refused))))
                : Optional.empty();
    }

    /** How an object is told of. */
    public static String name(HasMetadata object) {
        return "%s %s/%s"
                .formatted(
                        object.getKind(),
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName());
    }

    private static boolean isFinal(int code) {
        return code >= 400 && code < 500 && !PASSING.contains(code);
    }

    private static String sentence(KubernetesClientException e) {
        String told = e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
        return told.endsWith(".") ? told : told + ".";
    }
}
