package io.proxyroute.operator.dependents;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.ParseResult;
import io.proxyroute.operator.compile.RouteNames;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A route's ConfigMap. It holds the configuration that new pods start with, and the highest sequence number claimed so
 * far. Every write requires the resourceVersion that was read: if two operators write, one gets a conflict, which is
 * thrown. Called on reconciler threads; calls block.
 */
public final class ConfigStore {

    /** Key of the document in the ConfigMap, and name of the file in the pod. */
    public static final String FILE = "config.json";

    static final String SEQUENCE_ANNOTATION = "proxyroute.io/sequence";
    /** Leaves room for the versions of endpoints, which are derived from sequence numbers. */
    private static final long MAX_SEQUENCE = 1L << 38;

    private static final Logger LOG = LoggerFactory.getLogger(ConfigStore.class);

    private final KubernetesClient client;
    private final Function<ProxyRoute, Optional<ConfigMap>> cache;

    /**
     * The content of the ConfigMap.
     *
     * @param resourceVersion null if there is no ConfigMap yet
     * @param sequence the highest sequence number claimed, or 0
     * @param published the configuration that new pods start with; empty if none was ever published
     */
    public record Stored(String resourceVersion, long sequence, Optional<ConfigDocument> published) {

        /** Whether both have the same content, regardless of the resourceVersion. */
        public boolean isSameAs(Stored other) {
            return sequence == other.sequence && published.equals(other.published);
        }
    }

    /** @param cache returns the ConfigMap as last observed, possibly outdated */
    public ConfigStore(KubernetesClient client, Function<ProxyRoute, Optional<ConfigMap>> cache) {
        this.client = client;
        this.cache = cache;
    }

    /** The resourceVersion in the cache, which may be older than the last write; null if there is no ConfigMap. */
    public String seenVersion(ProxyRoute route) {
        return cache.apply(route)
                .map(map -> map.getMetadata().getResourceVersion())
                .orElse(null);
    }

    /**
     * Reads the ConfigMap from the API server, not from a cache.
     *
     * @throws RuntimeException a permanent failure, see {@link PermanentFailures}, if the ConfigMap is not the route's
     */
    public Stored read(ProxyRoute route) {
        ConfigMap map = client.configMaps()
                .inNamespace(route.getMetadata().getNamespace())
                .withName(RouteNames.config(route))
                .get();
        if (map == null) {
            return new Stored(null, 0, Optional.empty());
        }
        Ownership.requireOwned(route, map);
        Optional<ConfigDocument> published = Optional.ofNullable(map.getData())
                .map(data -> data.get(FILE))
                .flatMap(json -> parse(route, json))
                .filter(document -> document.route().equals(RouteNames.ref(route)));
        return new Stored(
                map.getMetadata().getResourceVersion(),
                Math.max(
                        plausible(annotatedSequence(map)),
                        plausible(published.map(ConfigDocument::sequence).orElse(0L))),
                published);
    }

    /**
     * Writes the configuration for new pods and the claimed sequence number.
     *
     * @param before the state as last read or written
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 if the ConfigMap was changed since then
     */
    public Stored write(ProxyRoute route, Stored before, long sequence, Optional<ConfigDocument> published) {
        ConfigMapBuilder map = new ConfigMapBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.config(route)))
                .editMetadata()
                .withResourceVersion(before.resourceVersion())
                .addToAnnotations(SEQUENCE_ANNOTATION, Long.toString(sequence))
                .endMetadata();
        published.ifPresent(document -> map.addToData(FILE, render(document)));
        var resource = client.resource(map.build());
        ConfigMap written = before.resourceVersion() == null
                ? resource.create()
                : resource.fieldManager(FieldManager.OPERATOR).forceConflicts().serverSideApply();
        return new Stored(written.getMetadata().getResourceVersion(), sequence, published);
    }

    /** A user who may edit ConfigMaps could otherwise use up the numbers of the route. */
    private static long plausible(long sequence) {
        return sequence > MAX_SEQUENCE ? 0 : sequence;
    }

    private static long annotatedSequence(ConfigMap map) {
        String text = map.getMetadata().getAnnotations() == null
                ? null
                : map.getMetadata().getAnnotations().get(SEQUENCE_ANNOTATION);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Optional<ConfigDocument> parse(ProxyRoute route, String json) {
        return switch (ConfigReader.config(json.getBytes(StandardCharsets.UTF_8))) {
            case ParseResult.Valid<ConfigDocument> valid -> Optional.of(valid.document());
            case ParseResult.Invalid<ConfigDocument> invalid -> {
                LOG.warn(
                        "ConfigMap {}/{} contains no valid configuration and will be overwritten: {}",
                        route.getMetadata().getNamespace(),
                        RouteNames.config(route),
                        invalid.errors());
                yield Optional.empty();
            }
        };
    }

    private static String render(ConfigDocument document) {
        try {
            return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot serialize a contract record", e);
        }
    }
}
