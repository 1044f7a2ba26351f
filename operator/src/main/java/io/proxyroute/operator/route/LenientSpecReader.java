package io.proxyroute.operator.route;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads routes so that one invalid route does not affect others. All routes arrive in one list and one watch, and a single
 * field of the wrong type would end both: a value that an older schema allowed, or a newer enum constant after a
 * downgrade. A spec or status that cannot be read becomes null, and the error is found when its route is reconciled.
 */
public final class LenientSpecReader {

    private static final Set<Class<?>> PARTS = Set.of(ProxyRouteSpec.class, ProxyRouteStatus.class);
    private static final KubernetesSerialization STRICT = new KubernetesSerialization();

    private LenientSpecReader() {}

    /** Serialization for a client that watches routes; it also reads objects without what the caches do not need. */
    public static KubernetesSerialization serialization() {
        return new KubernetesSerialization(
                new ObjectMapper()
                        .registerModule(LeanMetadata.module())
                        .registerModule(new SimpleModule("readable-specs")
                                .setDeserializerModifier(new OmittedWhenUnreadable())),
                true);
    }

    /** The error in a route that was read without a spec; empty if it has been fixed since or is gone. */
    static Optional<Problem> problem(KubernetesClient client, ProxyRoute route) {
        GenericKubernetesResource stored = client.genericKubernetesResources(
                        ResourceDefinitionContext.fromResourceType(ProxyRoute.class))
                .inNamespace(route.getMetadata().getNamespace())
                .withName(route.getMetadata().getName())
                .get();
        if (stored == null) {
            return Optional.empty();
        }
        try {
            STRICT.convertValue(stored.getAdditionalProperties().get("spec"), ProxyRouteSpec.class);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(
                    e.getCause() instanceof JsonMappingException cause
                            ? new Problem(Reason.InvalidSpec, path(cause), "cannot be read: " + rootMessage(cause))
                            : new Problem(Reason.InvalidSpec, "spec", "cannot be read: " + e.getMessage()));
        }
    }

    private static String path(JsonMappingException e) {
        return "spec"
                + e.getPath().stream()
                        .map(part ->
                                part.getFieldName() != null ? "." + part.getFieldName() : "[" + part.getIndex() + "]")
                        .collect(Collectors.joining());
    }

    private static String rootMessage(JsonMappingException e) {
        Throwable origin = e;
        while (origin.getCause() != null) {
            origin = origin.getCause();
        }
        String message = origin instanceof JsonMappingException mapping
                ? mapping.getOriginalMessage()
                : String.valueOf(origin.getMessage());
        return message.endsWith(".") ? message : message + ".";
    }

    private static final class OmittedWhenUnreadable extends BeanDeserializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription description, JsonDeserializer<?> deserializer) {
            return PARTS.contains(description.getBeanClass()) ? new Omitting(deserializer) : deserializer;
        }
    }

    private static final class Omitting extends DelegatingDeserializer {

        private static final long serialVersionUID = 1L;

        Omitting(JsonDeserializer<?> whole) {
            super(whole);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> whole) {
            return new Omitting(whole);
        }

        /** The part is read from a copy, so the parser is past it even if reading fails. */
        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try (TokenBuffer copy = context.bufferAsCopyOfValue(parser);
                    JsonParser again = copy.asParserOnFirstToken()) {
                return super.deserialize(again, context);
            } catch (JsonProcessingException e) {
                return null;
            }
        }
    }
}
