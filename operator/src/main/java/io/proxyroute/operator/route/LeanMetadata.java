package io.proxyroute.operator.route;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.util.List;

/**
 * Reads objects without {@code metadata.managedFields}, which are often larger than the rest and are needed for Deployments only. The
 * caches hold every object that the operator watches.
 */
final class LeanMetadata {

    private LeanMetadata() {}

    static Module module() {
        return new SimpleModule("lean-metadata").setDeserializerModifier(new BeanDeserializerModifier() {
            private static final long serialVersionUID = 1L;

            @Override
            public JsonDeserializer<?> modifyDeserializer(
                    DeserializationConfig config, BeanDescription description, JsonDeserializer<?> deserializer) {
                return description.getBeanClass() == ObjectMeta.class ? new Lean(deserializer) : deserializer;
            }
        });
    }

    private static final class Lean extends DelegatingDeserializer {

        private static final long serialVersionUID = 1L;

        Lean(JsonDeserializer<?> whole) {
            super(whole);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> whole) {
            return new Lean(whole);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonStreamContext parent = parser.getParsingContext().getParent();
            Object owner = parent == null ? null : parent.getCurrentValue();
            Object read = super.deserialize(parser, context);
            if (read instanceof ObjectMeta metadata && owner != null && !(owner instanceof Deployment)) {
                metadata.setManagedFields(List.of());
            }
            return read;
        }
    }
}
