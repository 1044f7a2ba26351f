package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.proxyroute.e2e.cluster.Installation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxTest {

    private static final Map<String, String> OURS = Map.of(Installation.OURS_LABEL, "true");

    @Test
    void aNamespaceIsLeftWhenTheProcessThatMadeItHasEnded() {
        String ended = Maker.own().replaceFirst("\\d+$", "1");

        assertThat(Sandbox.isLeft(namespace(OURS, Map.of(Sandbox.MAKER, ended))))
                .isTrue();
    }

    @Test
    void aNamespaceInUseIsNotLeft() {
        assertThat(Sandbox.isLeft(namespace(OURS, Map.of(Sandbox.MAKER, Maker.own()))))
                .isFalse();
    }

    @Test
    void whatAnotherMachineMadeIsNotLeft() {
        String elsewhere = "elsewhere/" + Maker.own().replaceFirst("\\d+$", "1");

        assertThat(Sandbox.isLeft(namespace(OURS, Map.of(Sandbox.MAKER, elsewhere))))
                .isFalse();
    }

    @Test
    void whatWasToBeKeptAndWhatIsSomebodysIsNotLeft() {
        String ended = Maker.own().replaceFirst("\\d+$", "1");

        assertThat(Sandbox.isLeft(namespace(OURS, Map.of()))).isFalse();
        assertThat(Sandbox.isLeft(namespace(OURS, null))).isFalse();
        assertThat(Sandbox.isLeft(namespace(Map.of(), Map.of(Sandbox.MAKER, ended))))
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
