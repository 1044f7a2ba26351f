package io.proxyroute.operator.dependents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.fixture.ObjectServer.Request;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which objects are written and which failures are reported. End-to-end tests cover the rules of the API server. */
class ApplierTest {

    private static final String ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/shop-proxy";
    private static final String SERVICE = "/api/v1/namespaces/default/services/shop-proxy";
    private static final String DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/shop-proxy";
    private static final String SECRET = "/api/v1/namespaces/default/secrets/shop-proxy-tls";

    private final ProxyRoute route = new ProxyRoute();
    private final PermanentFailures failures = new PermanentFailures();
    private final Cache cache = new Cache();
    private ObjectServer api;
    private Applier applier;

    @BeforeEach
    void start() throws Exception {
        route.getMetadata().setNamespace("default");
        route.getMetadata().setName("shop");
        route.getMetadata().setUid("uid");
        api = new ObjectServer();
        applier = new Applier(api.client(), cache);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void appliesUnchangedObjectOnce() {
        apply(account(), service());
        apply(account(), service());

        assertThat(writes()).containsExactly("PATCH " + ACCOUNT, "PATCH " + SERVICE);
        assertThat(failures.problems()).isEmpty();
    }

    @Test
    void reportsRejectedObjectAndAppliesOthers() {
        api.refuse("PATCH", SERVICE, 422);

        apply(service(), account());

        assertThat(api.get(ACCOUNT, ServiceAccount.class)).isPresent();
        assertThat(failures.problems())
                .containsExactly(new Problem(
                        Reason.RejectedByApiServer,
                        "",
                        "The API server rejects Service default/shop-proxy: refused by the test."));
    }

    @Test
    void throwsOnRetryableErrors() {
        api.refuse("PATCH", SERVICE, 503);

        assertThatThrownBy(() -> apply(service())).isInstanceOf(KubernetesClientException.class);
    }

    @Nested
    class ObjectWithTheSameName {

        @Test
        void reportsForeignObjectAndAppliesOthers() {
            api.put(SERVICE, new ServiceBuilder(service()).withMetadata(bare()).build());

            apply(service(), account());

            assertThat(writes()).containsExactly("PATCH " + ACCOUNT);
            assertThat(failures.problems())
                    .containsExactly(new Problem(
                            Reason.NameConflict,
                            "",
                            "Service default/shop-proxy already exists and does not belong to this route: delete it, or"
                                    + " rename the route."));
        }

        @Test
        void leavesObjectsOfDeletedRouteToGarbageCollector() {
            Service old = service();
            old.getMetadata()
                    .setOwnerReferences(List.of(new OwnerReferenceBuilder(RouteNames.owner(route))
                            .withUid("older")
                            .build()));
            api.put(SERVICE, old);
            cache.put(Service.class, old);

            apply(service());

            assertThat(api.writes()).isEmpty();
            assertThat(failures.problems()).extracting(Problem::reason).containsExactly(Reason.NameConflict);
        }

        @Test
        void adoptsOrphanOfRouteWithSameName() {
            Service orphan = service();
            orphan.getMetadata().setOwnerReferences(List.of());
            api.put(SERVICE, orphan);

            apply(service());

            assertThat(failures.problems()).isEmpty();
            assertThat(api.get(SERVICE, Service.class)
                            .orElseThrow()
                            .getMetadata()
                            .getOwnerReferences())
                    .hasSize(1);
        }
    }

    @Test
    void createsObjectsWithoutForce() {
        apply(account());
        assertThat(api.writes().getFirst().query()).doesNotContain("force=true");

        cache.forget();
        apply(account());

        assertThat(api.writes().getLast().query())
                .as("object without the label that the cache selects")
                .contains("force=true");
    }

    @Test
    void doesNotScaleForeignDeployment() {
        Deployment foreign = new DeploymentBuilder()
                .withMetadata(bare())
                .withNewSpec()
                .withReplicas(7)
                .endSpec()
                .build();
        api.put(DEPLOYMENT, foreign);
        cache.put(Deployment.class, foreign);

        apply(new DeploymentBuilder()
                .withMetadata(RouteNames.metadata(route, "shop-proxy"))
                .withNewSpec()
                .endSpec()
                .build());

        assertThat(applier.scale(route, 1)).isEqualTo(Applier.ScaleResult.UNCHANGED);
        assertThat(applier.releaseReplicas(route)).isEqualTo(Applier.ScaleResult.UNCHANGED);
        assertThat(api.writes()).isEmpty();
        assertThat(failures.problems()).extracting(Problem::reason).containsExactly(Reason.NameConflict);
    }

    @Test
    void detectsFromCacheThatAnotherManagerScaled() {
        FieldsV1 fields = new FieldsV1();
        fields.setAdditionalProperty("f:spec", Map.of("f:replicas", Map.of()));
        cache.put(
                Deployment.class,
                new DeploymentBuilder()
                        .withMetadata(RouteNames.metadata(route, "shop-proxy"))
                        .editMetadata()
                        .addNewManagedField()
                        .withManager("kubectl")
                        .withFieldsV1(fields)
                        .endManagedField()
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(7)
                        .endSpec()
                        .build());

        assertThat(applier.isScaledByOther(route)).isTrue();
        assertThat(applier.scale(route, 7)).isEqualTo(Applier.ScaleResult.UNCHANGED);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void leavesForeignSecretAlone() {
        TlsSecret secret = new TlsSecret(api.client());
        CertificateAuthority authority = CertificateAuthority.create(Instant.EPOCH);
        api.put(
                SECRET,
                new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("shop-proxy-tls")
                        .endMetadata()
                        .build());

        failures.attempt(secret.name(route), () -> secret.ensure(route, authority, Instant.EPOCH));

        assertThat(api.writes()).isEmpty();
        assertThat(failures.problems()).extracting(Problem::reason).containsExactly(Reason.NameConflict);
        api.remove(SECRET);
        secret.ensure(route, authority, Instant.EPOCH);
        assertThat(writes()).containsExactly("PATCH " + SECRET);
    }

    private void apply(HasMetadata... objects) {
        applier.apply(route, List.of(objects), 1, failures);
    }

    private List<String> writes() {
        return api.writes().stream().map(Request::line).toList();
    }

    private ServiceAccount account() {
        return new ServiceAccountBuilder()
                .withMetadata(RouteNames.metadata(route, "shop-proxy"))
                .build();
    }

    private Service service() {
        return new ServiceBuilder()
                .withMetadata(RouteNames.metadata(route, "shop-proxy"))
                .withNewSpec()
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
    }

    private static ObjectMeta bare() {
        ObjectMeta metadata = new ObjectMeta();
        metadata.setNamespace("default");
        metadata.setName("shop-proxy");
        return metadata;
    }

    /** A cache of the objects that were written or put into it. */
    private static final class Cache implements ObjectCache {

        private final Map<Class<?>, HasMetadata> objects = new HashMap<>();

        @Override
        public <T extends HasMetadata> Optional<T> get(Class<T> kind, ProxyRoute route, String name) {
            return Optional.ofNullable(objects.get(kind))
                    .map(kind::cast)
                    .filter(object -> Ownership.isOwnedBy(route, object));
        }

        @Override
        public <T extends HasMetadata> void recordWrite(Class<T> kind, T result, Optional<T> before) {
            objects.put(kind, result);
        }

        <T extends HasMetadata> void put(Class<T> kind, T object) {
            objects.put(kind, object);
        }

        void forget() {
            objects.clear();
        }
    }
}
