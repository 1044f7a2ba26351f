package io.proxyroute.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.e2e.ClusterTest;
import io.proxyroute.e2e.cluster.SourceTree;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Applies {@code manifests/examples} unchanged. */
@ClusterTest(pods = 6)
class ExamplesIT {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);

    @Test
    void everyExampleServes(TestNamespace namespace) throws IOException {
        for (Path example : examples()) {
            namespace.applyYaml(Files.readString(example));
        }
        List<String> routes =
                namespace.client().resources(ProxyRoute.class).inNamespace(namespace.name()).list().getItems().stream()
                        .map(route -> route.getMetadata().getName())
                        .toList();
        assertThat(routes).contains("hello").hasSameSizeAs(examples());
        for (String name : routes) {
            Route route = Route.named(namespace, name);
            assertThat(route.await("Accepted", "True", READY_TIMEOUT).getMessage())
                    .isNotBlank();
            route.await("ResolvedRefs", "True", READY_TIMEOUT);
            route.awaitServing(READY_TIMEOUT);
        }
        assertThat(new ApiProxyClient(namespace.client())
                        .get(Route.named(namespace, "hello"), 8080, "/")
                        .status())
                .isEqualTo(200);
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(SourceTree.path("manifests/examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
