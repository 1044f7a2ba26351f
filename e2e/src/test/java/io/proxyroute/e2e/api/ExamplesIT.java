package io.proxyroute.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.e2e.ClusterTest;
import io.proxyroute.e2e.cluster.Repository;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples are applied as they are, and serve. */
@ClusterTest(pods = 6)
class ExamplesIT {

    private static final Duration READY = Duration.ofMinutes(3);

    @Test
    void everyExampleServes(Sandbox sandbox) throws IOException {
        for (Path example : examples()) {
            sandbox.applyText(Files.readString(example));
        }
        List<String> routes =
                sandbox.client().resources(ProxyRoute.class).inNamespace(sandbox.namespace()).list().getItems().stream()
                        .map(route -> route.getMetadata().getName())
                        .toList();
        assertThat(routes).contains("hello").hasSameSizeAs(examples());
        for (String name : routes) {
            Route route = Route.named(sandbox, name);
            assertThat(route.await("Accepted", "True", READY).getMessage()).isNotBlank();
            route.await("ResolvedRefs", "True", READY);
            route.awaitServing(READY);
        }
        assertThat(new Requests(sandbox.client())
                        .get(Route.named(sandbox, "hello"), 8080, "/")
                        .status())
                .isEqualTo(200);
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Repository.path("manifests/examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
