package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiProxyClientTest {

    @Test
    void timesOutWhenServerDoesNotRespond() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder()
                                .withMasterUrl("http://127.0.0.1:" + silent.getLocalPort())
                                .build())
                        .build()) {
            ApiProxyClient http = new ApiProxyClient(client, Duration.ofMillis(300));

            assertThatThrownBy(() -> http.getFromPod("shop", "pod-a", 9090, "/metrics"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pods/pod-a:9090/proxy/metrics")
                    .hasMessageContaining("Timeout");
        }
    }
}
