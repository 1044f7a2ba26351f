package io.proxyroute.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProxyRouteTest {

    @Test
    void startsWithJvmOptionsOfDefaultPod() throws IOException {
        Path golden = Path.of("../operator/src/test/resources/compile/minimal/out-deployment.yaml");

        // The YAML writer breaks long strings.
        assertThat(Files.readString(golden).replaceAll("\\\\\\s+\\\\", ""))
                .contains("\"" + String.join(" ", ProxyRoute.POD_OPTIONS) + "\"");
    }
}
