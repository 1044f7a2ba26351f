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
 * A route's ConfigMap: the configuration that a new pod starts with, and the highest sequence number that was ever
 * claimed. Every write is under the resourceVersion that was read, so that of two operators only one goes on; the other
 * gets a conflict, which is thrown.
 */
public final class ConfigStore {

    /** The document's name in the ConfigMap, and so of the file in the pod. */
    public static final String FILE = "config.json";

    static final String SEQUENCE_ANNOTATION = "proxyroute.io/sequence";
    private static final Logger LOG = LoggerFactory.getLogger(ConfigStore.class);

    private final KubernetesClient client;
    private final Function<ProxyRoute, Optional<ConfigMap>> cache;

    /**
     * What the ConfigMap holds.
     *
     * @param resourceVersion null when there is no ConfigMap yet
     * @param sequence the highest one claimed; 0 for none
     * @param published what a new pod starts with; empty when nothing was ever published
     */
    public record Stored(String resourceVersion, long sequence, Optional<ConfigDocument> published) {

        /** Whether both say the same, whoever wrote it. */
        public boolean isSameAs(Stored other) {
            return sequence == other.sequence && published.equals(other.published);
        }
    }

    /** @param cache the ConfigMap as last seen, which may be some time ago */
    public ConfigStore(KubernetesClient client, Function<ProxyRoute, Optional<ConfigMap>> cache) {
        this.client = client;
        this.cache = cache;
    }

    /** The resourceVersion that the cache shows; it may be older than what was last written. Null for no ConfigMap. */
    public String seenVersion(ProxyRoute route) {
        return cache.apply(route)
                .map(map -> map.getMetadata().getResourceVersion())
                .orElse(null);
    }

    /**
     * Reads it from the API server, not from a cache.
     *
     * @throws RuntimeException a refusal, see {@link PermanentFailures}, when the ConfigMap of that name is somebody else's
     */
    public Stored read(ProxyRoute route) {
        ConfigMap map = client.configMaps()
                .inNamespace(route.getMetadata().getNamespace())
                .withName(RouteNames.config(route))
                .get();
        if (map == null) {
            return new Stored(null, 0, Optional.empty());
        }
        Ownership.require(route, map);
        Optional<ConfigDocument> published = Optional.ofNullable(map.getData())
                .map(data -> data.get(FILE))
                .flatMap(json -> parse(route, json))
                .filter(document -> document.route().equals(RouteNames.ref(route)));
        return new Stored(
                map.getMetadata().getResourceVersion(),
                Math.max(
                        annotatedSequence(map),
                        published.map(ConfigDocument::sequence).orElse(0L)),
                published);
    }

    /**
     * Writes what new pods start with and which sequence is taken.
     *
     * @param before as last read or written
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 when somebody else wrote since
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
                        "ConfigMap {}/{} holds no valid configuration and is rendered anew: {}",
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
            throw new IllegalStateException("a record of the contract cannot be written as JSON", e);
        }
    }
}
