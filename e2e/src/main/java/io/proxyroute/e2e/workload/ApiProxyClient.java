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
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Sends single requests to Services and pods through the API server's proxy, which works with any cluster. The API server
 * sets the Host header. Requests time out after ten seconds.
 */
public final class ApiProxyClient {

    /** Status codes of the API server for a peer that it cannot reach, or that does not respond. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final Duration timeout;

    /** Uses a client that may access {@code pods/proxy} and {@code services/proxy}. */
    public ApiProxyClient(KubernetesClient client) {
        this(client, TIMEOUT);
    }

    ApiProxyClient(KubernetesClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /**
     * An HTTP response.
     *
     * @param status status code
     * @param headers header values by lower-case name
     * @param body body as text
     */
    public record Response(int status, Map<String, List<String>> headers, String body) {}

    /** GETs a path of a route. */
    public Response get(Route route, int port, String path) {
        return get("services", route.namespace().name(), route.name() + "-proxy", port, path);
    }

    /** Sends a GET request to a port that a pod opens on its loopback address only. */
    public Response getFromLoopback(String namespace, String nameLabel, int port, String path) {
        String pod = client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", nameLabel)
                .withField("status.phase", "Running")
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName();
        try (LocalPortForward forward =
                client.pods().inNamespace(namespace).withName(pod).portForward(port)) {
            return get("http://127.0.0.1:" + forward.getLocalPort() + path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** GETs a path of a pod. */
    public Response getFromPod(String namespace, String pod, int port, String path) {
        return get("pods", namespace, pod, port, path);
    }

    private Response get(String kind, String namespace, String name, int port, String path) {
        return get(client.getMasterUrl() + "api/v1/namespaces/" + namespace + "/" + kind + "/" + name + ":" + port
                + "/proxy" + path);
    }

    private Response get(String uri) {
        HttpClient http = client.getHttpClient();
        try {
            HttpResponse<String> response = http.sendAsync(
                            http.newHttpRequestBuilder().uri(uri).build(), String.class)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return new Response(response.code(), response.headers(), response.body());
        } catch (CompletionException e) {
            throw new IllegalStateException("GET " + uri + ": " + e.getCause(), e);
        }
    }
}
