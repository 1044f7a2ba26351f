package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that a running proxy can reload must not appear in the pod template, because a changed template rolls the pods. */
class PodTemplateTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final OperatorEnvironment ENVIRONMENT =
            new OperatorEnvironment("proxyroute/proxy:test", "proxyroute-system", InstallationPolicy.DEFAULT);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a listener's port     | port: 8081           | port: 8099",
                "a listener's name     | name: internal       | name: inside",
                "a hostname            | shop.example.com     | shop.example.org",
                "a rule's path         | value: /cart         | value: /basket",
                "a filter's class      | com.example.Audit    | com.example.Check",
                "a weight              | weight: 9            | weight: 5",
                "a rule's timeout      | request: 10s         | request: 11s",
                "retries               | attempts: 2          | attempts: 1",
                "the pool              | maxConnections: 100  | maxConnections: 150",
                "the route's timeouts  | idle: 2m             | idle: 3m",
                "the access log        | accessLog: false     | accessLog: true",
                "the number of pods    | replicas: 3          | replicas: 7",
                "the budget            | minAvailable: 2      | minAvailable: 1",
                "the Service           | type: LoadBalancer   | type: NodePort",
                "the network policy    | enabled: false       | enabled: true",
                "the sampling interval | sampleInterval: 10m  | sampleInterval: 1m",
            })
    void doesNotChangeWithReloadableSettings(String what, String before, String after) throws IOException {
        String yaml = Files.readString(Path.of("src/test/resources/compile/full/in-route.yaml"));
        assertThat(yaml).as(what).contains(before);

        assertThat(template(yaml.replaceFirst(before, after))).as(what).isEqualTo(template(yaml));
    }

    @Test
    void changesWithSettingsThatNeedNewPod() throws IOException {
        String yaml = Files.readString(Path.of("src/test/resources/compile/full/in-route.yaml"));

        assertThat(template(yaml.replace("-Dfeature=on", "-Dfeature=off"))).isNotEqualTo(template(yaml));
        assertThat(template(yaml.replace("proxy-with-filters:1", "proxy-with-filters:2")))
                .isNotEqualTo(template(yaml));
    }

    @ParameterizedTest
    @CsvSource({"192Mi", "256Mi", "512Mi", "1Gi", "2000000000", "0.5Gi"})
    void limitCoversAllMemoryOfTheProcess(String limit) throws IOException {
        ProxyRoute route = route(Files.readString(Path.of("src/test/resources/compile/full/in-route.yaml"))
                .replaceFirst("limits:\n        memory: 1Gi", "limits:\n        memory: " + limit));
        JvmSizing sizing = JvmSizing.of(route.getSpec().proxy().resources());
        long limitMiB = route.getSpec()
                        .proxy()
                        .resources()
                        .limits()
                        .get("memory")
                        .getNumericalAmount()
                        .longValue()
                / (1024 * 1024);

        assertThat(JvmSizing.problem(route.getSpec().proxy().resources())).isEmpty();
        assertThat(sizing.heapMiB() + sizing.nettyMiB() + sizing.directMiB() + 120)
                .isEqualTo(limitMiB);
        assertThat(sizing.heapMiB()).isGreaterThan(sizing.nettyMiB());
        assertThat(sizing.directMiB()).isPositive();
    }

    private static String template(String yaml) {
        return YAML.asYaml(PodTemplate.of(route(yaml), ENVIRONMENT));
    }

    private static ProxyRoute route(String yaml) {
        return YAML.unmarshal(yaml, ProxyRoute.class);
    }
}
