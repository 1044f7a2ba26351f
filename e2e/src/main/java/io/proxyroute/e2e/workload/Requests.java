package io.proxyroute.e2e.workload;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Single requests to Services and pods, by way of the API server's proxy, so that they work wherever the cluster runs.
 * The Host header is the API server's choice. Each is given up after ten seconds.
 */
public final class Requests {

    /** What the API server says of a peer that it cannot reach, or waits for in vain. */
    private static final Set<Integer> UNREACHABLE = Set.of(502, 503, 504);

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final Duration limit;

    /** Uses a client of full rights. */
    public Requests(KubernetesClient client) {
        this(client, LIMIT);
    }

    Requests(KubernetesClient client, Duration limit) {
        this.client = client;
        this.limit = limit;
    }

    /**
     * An answer.
     *
     * @param status status code
     * @param headers by lower-case name
     * @param body as text
     */
    public record Answer(int status, Map<String, List<String>> headers, String body) {}

    /** GETs a path of a route. */
    public Answer get(Route route, int port, String path) {
        return get("services", route.sandbox().namespace(), route.name() + "-proxy", port, path);
    }

    /** GETs a path of a Service; through the kubelet where a NetworkPolicy keeps the API server out. */
    public Answer getFromService(String namespace, String service, int port, String path) {
        try {
            Answer answer = get("services", namespace, service, port, path);
            if (!UNREACHABLE.contains(answer.status())) {
                return answer;
            }
        } catch (IllegalStateException e) {
            // A policy that drops packets leaves the API server waiting.
        }
        try (LocalPortForward forward =
                client.services().inNamespace(namespace).withName(service).portForward(port)) {
            return get("http://127.0.0.1:" + forward.getLocalPort() + path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** GETs a path of a pod. */
    public Answer getFromPod(String namespace, String pod, int port, String path) {
        return get("pods", namespace, pod, port, path);
    }

    private Answer get(String kind, String namespace, String name, int port, String path) {
        return get(client.getMasterUrl() + "api/v1/namespaces/" + namespace + "/" + kind + "/" + name + ":" + port
                + "/proxy" + path);
    }

    private Answer get(String uri) {
        HttpClient http = client.getHttpClient();
        try {
            HttpResponse<String> response = http.sendAsync(
                            http.newHttpRequestBuilder().uri(uri).build(), String.class)
                    .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return new Answer(response.code(), response.headers(), response.body());
        } catch (CompletionException e) {
            throw new IllegalStateException("GET " + uri + ": " + e.getCause(), e);
        }
    }
}
