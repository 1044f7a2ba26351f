package io.proxyroute.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.ClusterTest;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The installation manifests; all other tests run on {@code manifests/base}. */
@ClusterTest
class ManifestsIT {

    @Test
    void apiServerAcceptsEveryOverlay(Cluster cluster) throws IOException {
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
    void namespacedOverlayUsesRolesOnly(Cluster cluster) {
        assertThat(cluster.kubectl("kustomize", "manifests/overlays/namespaced"))
                .contains("kind: Role\n")
                .doesNotContain("ClusterRole");
    }

    @Test
    void apiServerAcceptsPlainCrds(Cluster cluster) {
        assertThat(cluster.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "crds/"))
                .contains("proxyroutes.proxyroute.io", "remediationruns.proxyroute.io");
    }

    @Test
    void kubectlExplainDescribesFields(Cluster cluster) {
        assertThat(cluster.kubectl("explain", "pxr.spec.connectionPool")).contains("abandonedTimeout", "is reclaimed");
    }

    private static List<String> overlays() throws IOException {
        try (Stream<Path> folders = Files.list(SourceTree.path("manifests/overlays"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
