package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.proxyroute.e2e.cluster.Installation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestNamespaceTest {

    private static final Map<String, String> E2E_LABELS = Map.of(Installation.E2E_LABEL, "true");

    @Test
    void orphanedWhenOwnerProcessHasEnded() {
        String ended = ProcessIdentity.current().replaceFirst("\\d+$", "1");

        assertThat(TestNamespace.isOrphaned(namespace(E2E_LABELS, Map.of(TestNamespace.OWNER_ANNOTATION, ended))))
                .isTrue();
    }

    @Test
    void notOrphanedWhileOwnerProcessRuns() {
        assertThat(TestNamespace.isOrphaned(
                        namespace(E2E_LABELS, Map.of(TestNamespace.OWNER_ANNOTATION, ProcessIdentity.current()))))
                .isFalse();
    }

    @Test
    void notOrphanedWhenOwnedByAnotherMachine() {
        String otherMachine = "elsewhere/" + ProcessIdentity.current().replaceFirst("\\d+$", "1");

        assertThat(TestNamespace.isOrphaned(
                        namespace(E2E_LABELS, Map.of(TestNamespace.OWNER_ANNOTATION, otherMachine))))
                .isFalse();
    }

    @Test
    void notOrphanedWhenKeptOrForeign() {
        String ended = ProcessIdentity.current().replaceFirst("\\d+$", "1");

        assertThat(TestNamespace.isOrphaned(namespace(E2E_LABELS, Map.of()))).isFalse();
        assertThat(TestNamespace.isOrphaned(namespace(E2E_LABELS, null))).isFalse();
        assertThat(TestNamespace.isOrphaned(namespace(Map.of(), Map.of(TestNamespace.OWNER_ANNOTATION, ended))))
                .isFalse();
    }

    private static Namespace namespace(Map<String, String> labels, Map<String, String> annotations) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("e2e-route")
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }
}
