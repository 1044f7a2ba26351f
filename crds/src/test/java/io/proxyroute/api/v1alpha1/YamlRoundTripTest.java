package io.proxyroute.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class YamlRoundTripTest {

    private final KubernetesSerialization serialization = new KubernetesSerialization();

    @Test
    void readsRouteAndWritesItUnchanged() {
        ProxyRoute route = serialization.unmarshal("""
                apiVersion: proxyroute.io/v1alpha1
                kind: ProxyRoute
                metadata: {name: shop, namespace: default}
                spec:
                  listeners:
                  - {name: http, port: 8080, hostnames: [shop.example.com]}
                  rules:
                  - matches:
                    - path: {value: /cart}
                      headers: [{name: X-Tenant, value: blue}]
                    filters:
                    - type: Custom
                      custom: {name: leak, className: com.example.Leak, config: {bytes: "1024"}}
                    backendRefs: [{name: cart, port: 80}]
                    retry: {attempts: 1, codes: [503]}
                  proxy: {replicas: 3}
                  remediation:
                    mode: Auto
                    thresholds: [{metric: Heap, above: 85, for: 2m}]
                """, ProxyRoute.class);

        ProxyRouteSpec spec = route.getSpec();
        assertThat(spec.proxy().replicas()).isEqualTo(3);
        assertThat(spec.connectionPool().acquireTimeout().toJava()).isEqualTo(Duration.ofSeconds(3));
        RuleSpec rule = spec.rules().getFirst();
        assertThat(rule.matches().getFirst().path())
                .isEqualTo(new MatchSpec.PathMatch(MatchSpec.PathMatchType.PathPrefix, "/cart"));
        assertThat(rule.timeouts()).isNull();
        assertThat(rule.retry().backoff()).hasToString("25ms");
        assertThat(spec.remediation().thresholds().getFirst().duration()).hasToString("2m");
        assertThat(serialization.unmarshal(serialization.asYaml(route), ProxyRoute.class))
                .isEqualTo(route);
    }

    @Test
    void omitsAbsentValues() {
        ProxyRoute route = new ProxyRoute();
        route.getMetadata().setName("shop");
        route.setStatus(new ProxyRouteStatus(null, 3L, null, null, null, null, null, null, null, null));

        assertThat(serialization.asYaml(route))
                .contains("observedGeneration: 3")
                .doesNotContain("spec", "conditions", "replicas", "null");
    }

    @Test
    void writesTimesInRfc3339() {
        RemediationRun run = new RemediationRun();
        run.setStatus(new RemediationRunStatus(
                RemediationPhase.Act,
                List.of(new RemediationRunStatus.PhaseTime(
                        RemediationPhase.Confirm, Instant.parse("2030-01-02T03:04:05Z"))),
                null,
                "The pod is evicted.",
                null,
                null,
                new RemediationRunStatus.Replacement("shop-proxy-b", "uid-b"),
                1,
                Instant.parse("2030-01-02T03:14:05Z"),
                null,
                new RemediationRunStatus.ProxyErrors(List.of(), null)));

        String yaml = serialization.asYaml(run);
        assertThat(yaml).contains("\"2030-01-02T03:04:05Z\"").doesNotContain("outcome", "verdict");
        assertThat(serialization.unmarshal(yaml, RemediationRun.class)).isEqualTo(run);
    }
}
