package io.proxyroute.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.ClusterTest;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every way to install is one that the API server takes; manifests/base is what all tests run on. */
@ClusterTest
class ManifestsIT {

    @Test
    void everyOverlayIsAccepted(Cluster cluster) throws IOException {
        for (String overlay : overlays()) {
            assertThat(cluster.kubectl(
                            "apply",
                            "--server-side",
                            "--force-conflicts",
                            "--dry-run=server",
                            "-k",
                            "manifests/overlays/" + overlay))
                    .as(overlay)
                    .contains("deployment.apps/proxyroute-operator");
        }
    }

    @Test
    void theNamespacedOverlayAsksForRolesOnly(Cluster cluster) {
        assertThat(cluster.kubectl("kustomize", "manifests/overlays/namespaced"))
                .contains("kind: Role\n")
                .doesNotContain("ClusterRole");
    }

    @Test
    void thePlainCrdsAreAcceptedToo(Cluster cluster) {
        assertThat(cluster.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "crds/"))
                .contains("proxyroutes.proxyroute.io", "remediationruns.proxyroute.io");
    }

    @Test
    void explainTellsWhatAFieldIsFor(Cluster cluster) {
        assertThat(cluster.kubectl("explain", "pxr.spec.connectionPool")).contains("abandonedTimeout", "is taken back");
    }

    private static List<String> overlays() throws IOException {
        try (Stream<Path> folders = Files.list(Repository.path("manifests/overlays"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
