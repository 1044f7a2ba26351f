package io.proxyroute.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void readsProcessorsModel() {
        assertThat(Machine.model(
                        "processor\t: 0\nmodel name\t: Some CPU @ 3.00GHz\nmodel name\t: Some CPU @ 3.00GHz\n"))
                .isEqualTo("Some CPU @ 3.00GHz");
    }

    @Test
    void givesArchitectureIfModelIsUnknown() {
        assertThat(Machine.model("processor\t: 0\n")).isEqualTo(System.getProperty("os.arch"));
    }
}
