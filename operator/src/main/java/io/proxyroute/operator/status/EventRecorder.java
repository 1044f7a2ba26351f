package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells users what happens, as Events on the object concerned. The same sentence about the same object is one Event
 * with a count. An Event that cannot be written is logged and otherwise forgotten: nothing depends on it. Thread-safe;
 * calls block.
 */
public final class EventRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String COMPONENT = "proxyroute-operator";
    private static final int LONGEST_MESSAGE = 1024;

    private final KubernetesClient client;
    private final Clock clock;

    /** How much it matters. */
    public enum Type {
        Normal,
        Warning
    }

    public EventRecorder(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Writes one Event.
     *
     * @param reason one word, as in a condition
     * @param message one sentence
     */
    public void record(HasMetadata about, Type type, String reason, String message) {
        String text = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
        String namespace = about.getMetadata().getNamespace();
        String name = "%s.%s"
                .formatted(
                        about.getMetadata().getName(),
                        HexFormat.of()
                                .toHexDigits(Objects.hash(about.getMetadata().getUid(), type, reason, text)));
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            Event known = client.v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(event(about, namespace, name, type, reason, text, now))
                    .create();
            LOG.debug("event {}", known.getMetadata().getName());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                repeat(namespace, name, now);
            } else {
                LOG.warn(
                        "cannot write an Event about {}: {}",
                        about.getMetadata().getName(),
                        e.getMessage());
            }
        }
    }

    private void repeat(String namespace, String name, String now) {
        try {
            Event known =
                    client.v1().events().inNamespace(namespace).withName(name).get();
            if (known != null) {
                int count = known.getCount() == null ? 1 : known.getCount();
                client.v1()
                        .events()
                        .inNamespace(namespace)
                        .withName(name)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"count\":%d,\"lastTimestamp\":\"%s\"}".formatted(count + 1, now));
            }
        } catch (KubernetesClientException e) {
            LOG.warn("cannot count Event {}/{}: {}", namespace, name, e.getMessage());
        }
    }

    private static Event event(
            HasMetadata about, String namespace, String name, Type type, String reason, String message, String now) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(namespace)
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .endInvolvedObject()
                .withType(type.name())
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .build();
    }
}
