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
import java.util.concurrent.TimeUnit;

/** A namespace of one's own, deleted with everything in it when closed. */
public final class Sandbox implements AutoCloseable {

    /** Annotation that names the process that made the namespace. */
    static final String MAKER = "proxyroute.io/e2e-maker";

    private final KubernetesClient client;
    private final String namespace;

    private Sandbox(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * Makes a namespace; one that was left by an earlier run is removed first.
     *
     * @param kept whether it outlives this process on purpose
     * @throws IllegalStateException there is one of this name that no earlier run made
     */
    public static Sandbox open(KubernetesClient client, String namespace, boolean kept) {
        Sandbox sandbox = new Sandbox(client, namespace);
        Namespace left = client.namespaces().withName(namespace).get();
        if (left != null && !isOurs(left)) {
            throw new IllegalStateException("the namespace " + namespace + " is in use, and has no label "
                    + Installation.OURS_LABEL + ": use another cluster");
        }
        if (left != null) {
            sandbox.close();
        }
        Namespace wanted = new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels(Installation.OURS_LABEL, "true")
                .addToAnnotations(kept ? Map.of() : Map.of(MAKER, Maker.own()))
                .endMetadata()
                .build();
        client.resource(wanted).create();
        return sandbox;
    }

    /** What processes of this machine left that were killed; what another one still uses, or was to be kept, is not in it. */
    public static List<Sandbox> left(KubernetesClient client) {
        return client.namespaces().withLabel(Installation.OURS_LABEL, "true").list().getItems().stream()
                .filter(Sandbox::isLeft)
                .map(each -> new Sandbox(client, each.getMetadata().getName()))
                .toList();
    }

    static boolean isLeft(Namespace namespace) {
        Map<String, String> annotations = namespace.getMetadata().getAnnotations();
        return isOurs(namespace) && annotations != null && Maker.hasEnded(annotations.getOrDefault(MAKER, ""));
    }

    private static boolean isOurs(Namespace namespace) {
        return namespace.getMetadata().getLabels() != null
                && "true".equals(namespace.getMetadata().getLabels().get(Installation.OURS_LABEL));
    }

    /** The cluster's client. */
    public KubernetesClient client() {
        return client;
    }

    /** Its name. */
    public String namespace() {
        return namespace;
    }

    /** Applies a manifest on the class path, server-side. */
    public List<HasMetadata> apply(String resource, Map<String, String> values) {
        return applyText(Template.fill(resource, values));
    }

    /** Applies the text of a manifest, server-side. */
    public List<HasMetadata> applyText(String yaml) {
        return client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .forceConflicts()
                .serverSideApply();
    }

    /** Deploys a testbed backend with a Service of the same name on port 8080, and waits until it is ready. */
    public void backend(String name, int replicas) {
        apply("workload/backend.yaml", Map.of("name", name, "replicas", Integer.toString(replicas)));
        awaitBackend(name, Duration.ofMinutes(2));
    }

    private void awaitBackend(String name, Duration limit) {
        client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .waitUntilCondition(
                        deployment -> deployment != null
                                && deployment.getStatus() != null
                                && deployment.getSpec().getReplicas() != null
                                && deployment
                                        .getSpec()
                                        .getReplicas()
                                        .equals(deployment.getStatus().getReadyReplicas()),
                        limit.toSeconds(),
                        TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        endPods();
        client.namespaces().withName(namespace).delete();
        client.namespaces()
                .withName(namespace)
                .waitUntilCondition(gone -> gone == null, Duration.ofMinutes(3).toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Nobody waits for their drains: they are parted from their owners, whose end would give them all their time, and have
     * a second. The namespace would look again only when their grace periods are over.
     */
    private void endPods() {
        client.resources(ProxyRoute.class)
                .inNamespace(namespace)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.apps()
                .deployments()
                .inNamespace(namespace)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.apps()
                .replicaSets()
                .inNamespace(namespace)
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        client.pods().inNamespace(namespace).withGracePeriod(1).delete();
    }
}
