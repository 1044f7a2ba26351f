package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.BackendServices.Grant;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches ReferenceGrants in the version that the API server serves; a change triggers the routes that use Services of its namespace.
 * The API need not be installed, and may be installed later. What was known stays in use when grants can no longer be read.
 * Thread-safe.
 */
final class ReferenceGrantSource extends SimpleInboundEventSource<ProxyRoute> {

    private static final Logger LOG = LoggerFactory.getLogger(ReferenceGrantSource.class);
    private static final String GROUP = "gateway.networking.k8s.io";
    private static final String PLURAL = "referencegrants";
    /** The newest version first. */
    private static final List<String> VERSIONS = List.of("v1", "v1beta1");

    private static final Duration DISCOVERY_INTERVAL = Duration.ofSeconds(30);
    private static final Duration FIRST_READ_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_CHECK = Duration.ofMillis(50);

    private final KubernetesClient client;
    private final Set<String> namespaces;
    private final Function<String, Set<ResourceID>> users;
    private final Thread discovery = Thread.ofVirtual().name("discover-grants").unstarted(this::discover);
    private volatile Served served;
    private volatile boolean installed = true;

    /** The informers of one version. */
    private final class Served implements AutoCloseable {

        private final String version;
        private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
        private volatile boolean forbidden;

        Served(String version) {
            this.version = version;
            if (namespaces.isEmpty()) {
                informers.add(prepare(resources(version).inAnyNamespace().runnableInformer(0)));
            }
            namespaces.forEach(namespace -> informers.add(
                    prepare(resources(version).inNamespace(namespace).runnableInformer(0))));
            informers.forEach(SharedIndexInformer::start);
        }

        private SharedIndexInformer<GenericKubernetesResource> prepare(
                SharedIndexInformer<GenericKubernetesResource> informer) {
            return informer.addEventHandler(new Trigger()).exceptionHandler((_, failure) -> {
                forbidden = failure instanceof KubernetesClientException refusal
                        && refusal.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
                return true;
            });
        }

        boolean isRead() {
            return informers.stream().allMatch(SharedIndexInformer::hasSynced);
        }

        List<GenericKubernetesResource> of(String namespace) {
            return informers.stream()
                    .flatMap(informer -> informer.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace).stream())
                    .toList();
        }

        @Override
        public void close() {
            informers.forEach(SharedIndexInformer::stop);
        }
    }

    private final class Trigger implements ResourceEventHandler<GenericKubernetesResource> {

        @Override
        public void onAdd(GenericKubernetesResource grant) {
            changed(grant);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource grant) {
            changed(grant);
        }

        @Override
        public void onDelete(GenericKubernetesResource grant, boolean unknown) {
            changed(grant);
        }

        private void changed(GenericKubernetesResource grant) {
            if (isRunning()) {
                users.apply(grant.getMetadata().getNamespace()).forEach(ReferenceGrantSource.this::propagateEvent);
            }
        }
    }

    /**
     * @param namespaces namespaces that the operator watches; empty for all
     * @param users the routes that use Services of a namespace
     */
    ReferenceGrantSource(KubernetesClient client, Set<String> namespaces, Function<String, Set<ResourceID>> users) {
        super("reference-grants");
        this.client = client;
        this.namespaces = Set.copyOf(namespaces);
        this.users = users;
    }

    /** Waits a moment for the first grants, so that no route is without its backends after a start. */
    @Override
    public void start() {
        super.start();
        discoverOnce();
        long deadline = System.nanoTime() + FIRST_READ_TIMEOUT.toNanos();
        try {
            while (served != null && !served.isRead() && System.nanoTime() < deadline) {
                Thread.sleep(READ_CHECK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        discovery.start();
    }

    @Override
    public void stop() {
        super.stop();
        discovery.interrupt();
        if (served != null) {
            served.close();
        }
    }

    /** Whether a grant allows routes of a namespace to use a Service of another one. */
    Grant grant(String routeNamespace, String serviceNamespace, String serviceName) {
        if (!namespaces.isEmpty() && !namespaces.contains(serviceNamespace)) {
            return Grant.UNREADABLE;
        }
        Served current = served;
        if (current == null) {
            return installed ? Grant.UNKNOWN : Grant.MISSING;
        }
        if (!current.isRead()) {
            return current.forbidden ? Grant.UNREADABLE : Grant.UNKNOWN;
        }
        return current.of(serviceNamespace).stream()
                        .map(this::spec)
                        .flatMap(Optional::stream)
                        .anyMatch(grant -> ReferenceGrants.grants(grant, routeNamespace, serviceName))
                ? Grant.GRANTED
                : Grant.MISSING;
    }

    private Optional<ReferenceGrant> spec(GenericKubernetesResource grant) {
        try {
            return Optional.of(client.getKubernetesSerialization().convertValue(grant, ReferenceGrant.class));
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "ReferenceGrant {}/{} cannot be read and is ignored: {}",
                    grant.getMetadata().getNamespace(),
                    grant.getMetadata().getName(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private void discover() {
        try {
            while (isRunning()) {
                Thread.sleep(DISCOVERY_INTERVAL);
                discoverOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts the informers of the newest version, unless they run. Failures keep what runs. */
    private void discoverOnce() {
        try {
            Optional<String> found = VERSIONS.stream().filter(this::isServed).findFirst();
            installed = found.isPresent();
            Served current = served;
            if (found.isPresent() && (current == null || !current.version.equals(found.get()))) {
                served = new Served(found.get());
                LOG.info("Watching ReferenceGrants of {}/{}.", GROUP, found.get());
                if (current != null) {
                    current.close();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("Cannot find out whether ReferenceGrants are served; retrying: {}", e.toString());
        }
    }

    private boolean isServed(String version) {
        APIResourceList resources = client.getApiResources(GROUP + "/" + version);
        return resources != null
                && resources.getResources().stream()
                        .anyMatch(resource -> resource.getName().equals(PLURAL));
    }

    private MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            resources(String version) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(version)
                .withKind("ReferenceGrant")
                .withPlural(PLURAL)
                .withNamespaced(true)
                .build());
    }
}
