package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.dependents.Applier;
import io.proxyroute.operator.dependents.ObjectCache;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.StatusListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DesiredReplicasTest {

    private static final String PATH = "/apis/apps/v1/namespaces/default/deployments/shop-proxy";
    private static final DesiredReplicas.Decision FOUR =
            new DesiredReplicas.Decision(4, false, "Scaled from 3 to 4 pods.");

    private final ProxyRoute route = new KubernetesSerialization().unmarshal("""
            apiVersion: proxyroute.io/v1alpha1
            kind: ProxyRoute
            metadata: {namespace: default, name: shop, uid: uid}
            spec: {listeners: [{name: http, port: 8080}], autoscaling: {mode: Operator}}
            """, ProxyRoute.class);
    private final RouteScaling scaling = new RouteScaling();
    private final List<String> reasons = new ArrayList<>();
    private ObjectServer api;
    private Deployment deployment;
    private DesiredReplicas replicas;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
        EventRecorder events = new EventRecorder(api.client(), Clock.systemUTC(), "test", new StatusListener() {
            @Override
            public void onConditions(String routeUid, List<Condition> conditions) {}

            @Override
            public void onProxyDied(String cause) {}

            @Override
            public void onEvent(EventRecorder.Type type, String reason) {
                reasons.add(reason);
            }

            @Override
            public void onRouteDeleted(String routeUid) {}
        });
        ObjectCache cache = new ObjectCache() {
            @Override
            public <T extends HasMetadata> Optional<T> get(Class<T> kind, ProxyRoute of, String name) {
                return Optional.of(kind.cast(deployment));
            }

            @Override
            public <T extends HasMetadata> void recordWrite(Class<T> kind, T result, Optional<T> before) {
                deployment = (Deployment) result;
            }
        };
        replicas = new DesiredReplicas(cache, new Applier(api.client(), cache), events);
        deployment = heldBy("proxyroute-scaler");
        api.put(PATH, deployment);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void reportsNewNumberOnceApplied() {
        api.refuse("PATCH", PATH, 500);
        assertThatThrownBy(() -> replicas.apply(route, scaling, FOUR)).isInstanceOf(KubernetesClientException.class);
        assertThat(reasons).isEmpty();

        api.refuse("PATCH", PATH, 0);
        replicas.apply(route, scaling, FOUR);
        replicas.apply(route, scaling, DesiredReplicas.Decision.of(4));

        assertThat(reasons).containsExactly("Scaled");
    }

    @Test
    void reportsNumberOfOtherManagerAndKeepsIt() {
        ProxyRoute fixed = new KubernetesSerialization().unmarshal("""
                apiVersion: proxyroute.io/v1alpha1
                kind: ProxyRoute
                metadata: {namespace: default, name: shop, uid: uid}
                spec: {listeners: [{name: http, port: 8080}], proxy: {replicas: 10}}
                """, ProxyRoute.class);
        deployment = heldBy("kubectl");
        assertThat(decideAndApply(fixed)).isEqualTo(3);
        assertThat(decideAndApply(fixed)).isEqualTo(3);
        assertThat(reasons).containsExactly("ReplicasManagedByOther");
        assertThat(api.writes()).allSatisfy(write -> assertThat(write.path()).contains("/events"));

        deployment = heldBy("proxyroute-scaler");
        assertThat(decideAndApply(fixed)).isEqualTo(10);
        deployment = heldBy("kubectl");
        decideAndApply(fixed);
        assertThat(reasons).containsExactly("ReplicasManagedByOther", "ReplicasManagedByOther");
    }

    private int decideAndApply(ProxyRoute of) {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        RecentSnapshots none = RecentSnapshots.of(List.of(), List.of(), Duration.ofMinutes(1), now);
        DesiredReplicas.Decision number = replicas.decide(of, scaling, none, false, now);
        replicas.apply(of, scaling, number);
        return number.pods();
    }

    private Deployment heldBy(String manager) {
        FieldsV1 fields = new FieldsV1();
        fields.setAdditionalProperty("f:spec", Map.of("f:replicas", Map.of()));
        return new DeploymentBuilder()
                .withMetadata(RouteNames.metadata(route, "shop-proxy"))
                .editMetadata()
                .addNewManagedField()
                .withManager(manager)
                .withFieldsV1(fields)
                .endManagedField()
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .endSpec()
                .build();
    }
}
