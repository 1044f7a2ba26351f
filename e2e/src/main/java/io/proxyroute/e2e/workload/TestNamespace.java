package io.proxyroute.e2e.workload;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.e2e.cluster.Installation;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A namespace for a test or the demo. Closing it deletes it with everything in it. */
public final class TestNamespace implements AutoCloseable {

    /** Annotation with the {@link ProcessIdentity} of the process that created the namespace. */
    static final String OWNER_ANNOTATION = "proxyroute.io/e2e-owner";

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration DELETION_TIMEOUT = Duration.ofMinutes(3);

    private final KubernetesClient client;
    private final String name;

    private TestNamespace(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /**
     * Creates a namespace, and first deletes one that an earlier run left under this name.
     *
     * @param kept whether the namespace outlives this process intentionally
     * @throws IllegalStateException a namespace of this name exists that no test run created
     */
    public static TestNamespace create(KubernetesClient client, String name, boolean kept) {
        TestNamespace namespace = new TestNamespace(client, name);
        Namespace existing = client.namespaces().withName(name).get();
        if (existing != null && !isE2e(existing)) {
            throw new IllegalStateException("namespace " + name + " exists and lacks the label "
                    + Installation.E2E_LABEL + ": use another cluster");
        }
        if (existing != null) {
            namespace.close();
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels(Installation.E2E_LABEL, "true")
                        .addToAnnotations(kept ? Map.of() : Map.of(OWNER_ANNOTATION, ProcessIdentity.current()))
                        .endMetadata()
                        .build())
                .create();
        return namespace;
    }

    /** Finds the namespaces that killed processes of this machine left; excludes those in use or kept intentionally. */
    public static List<TestNamespace> findOrphans(KubernetesClient client) {
        return client.namespaces().withLabel(Installation.E2E_LABEL, "true").list().getItems().stream()
                .filter(TestNamespace::isOrphaned)
                .map(each -> new TestNamespace(client, each.getMetadata().getName()))
                .toList();
    }

    static boolean isOrphaned(Namespace namespace) {
        Map<String, String> annotations = namespace.getMetadata().getAnnotations();
        return isE2e(namespace)
                && annotations != null
                && ProcessIdentity.hasEnded(annotations.getOrDefault(OWNER_ANNOTATION, ""));
    }

    private static boolean isE2e(Namespace namespace) {
        return namespace.getMetadata().getLabels() != null
                && "true".equals(namespace.getMetadata().getLabels().get(Installation.E2E_LABEL));
    }

    /** The client of the cluster. */
    public KubernetesClient client() {
        return client;
    }

    /** The name of the namespace. */
    public String name() {
        return name;
    }

    /** Applies a manifest template on the class path, server-side. */
    public List<HasMetadata> apply(String resource, Map<String, String> values) {
        return applyYaml(ManifestTemplate.fill(resource, values));
    }

    /** Applies YAML, server-side. */
    public List<HasMetadata> applyYaml(String yaml) {
        return client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(name)
                .forceConflicts()
                .serverSideApply();
    }

    /** Deploys a testbed backend with a Service of the same name on port 8080, and waits until it is ready. */
    public void startBackend(String backend, int replicas) {
        apply("workload/backend.yaml", Map.of("name", backend, "replicas", Integer.toString(replicas)));
        client.apps()
                .deployments()
                .inNamespace(name)
                .withName(backend)
                .waitUntilCondition(
                        deployment -> deployment != null
                                && deployment.getStatus() != null
                                && deployment.getSpec().getReplicas() != null
                                && deployment
                                        .getSpec()
                                        .getReplicas()
                                        .equals(deployment.getStatus().getReadyReplicas()),
                        READY_TIMEOUT.toSeconds(),
                        TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        terminatePods();
        client.namespaces().withName(name).delete();
        client.namespaces()
                .withName(name)
                .waitUntilCondition(Objects::isNull, DELETION_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Shortens the pods' drains. Deleting the owners would give each pod its full grace period, and so would deleting the
     * namespace; therefore the owners go first, without their pods, and the pods get a grace period of one second.
     */
    private void terminatePods() {
        client.resources(ProxyRoute.class)
                .inNamespace(name)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.apps()
                .deployments()
                .inNamespace(name)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.apps()
                .replicaSets()
                .inNamespace(name)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.pods().inNamespace(name).withGracePeriod(1).delete();
    }
}
