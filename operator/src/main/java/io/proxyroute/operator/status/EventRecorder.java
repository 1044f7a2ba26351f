package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.operator.pace.TokenBucket;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events about an object. Repeated Events with the same note are one Event with a series. If an Event cannot be
 * written, the failure is logged and the Event is dropped, because nothing depends on it. Events of one object and reason are
 * limited to a burst and then to one in five minutes, as in Kubernetes' own components, since a pod may invent reasons for
 * them. Thread-safe; calls block.
 */
public final class EventRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String CONTROLLER = "proxyroute.io/operator";
    private static final int MAX_NOTE_LENGTH = 1024;
    private static final int MAX_ENTRIES = 10_000;
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final Clock clock;
    private final String instance;
    private final StatusListener listener;
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);

    /** By object and reason. */
    private final Map<String, TokenBucket> buckets = new RecentEntries<>();
    /** How often each of the latest Events occurred, by namespace and name. */
    private final Map<String, Integer> counts = Collections.synchronizedMap(new RecentEntries<>());

    /** A map that keeps only the entries used last. */
    private static final class RecentEntries<V> extends LinkedHashMap<String, V> {

        private static final long serialVersionUID = 1L;

        RecentEntries() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MAX_ENTRIES;
        }
    }

    /** Type of an Event. */
    public enum Type {
        Normal,
        Warning
    }

    /**
     * @param instance name of this process
     * @param listener called for every Event
     */
    public EventRecorder(KubernetesClient client, Clock clock, String instance, StatusListener listener) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
        this.listener = listener;
    }

    /**
     * Writes one Event.
     *
     * @param reason name of a {@link Reason}
     * @param note one sentence
     */
    public void record(HasMetadata about, Type type, String reason, String note) {
        listener.onEvent(type, reason);
        if (isAllowed(about, reason)) {
            write(about, type, reason, note, true);
        }
    }

    private boolean isAllowed(HasMetadata about, String reason) {
        synchronized (buckets) {
            return buckets.computeIfAbsent(
                            about.getMetadata().getUid() + " " + reason, _ -> new TokenBucket(BURST, REFILL))
                    .tryTake(clock.instant());
        }
    }

    private void write(HasMetadata about, Type type, String reason, String note, boolean mayRetry) {
        String text = note.length() <= MAX_NOTE_LENGTH ? note : note.substring(0, MAX_NOTE_LENGTH);
        String namespace = about.getMetadata().getNamespace();
        String name = "%s.%s"
                .formatted(
                        about.getMetadata().getName(),
                        HexFormat.of()
                                .toHexDigits(Objects.hash(about.getMetadata().getUid(), type, reason, text)));
        String now = MICRO_TIME.format(clock.instant());
        int count = counts.merge(namespace + "/" + name, 1, Integer::sum);
        try {
            if (count == 1) {
                client.events()
                        .v1()
                        .events()
                        .resource(event(about, namespace, name, type, reason, text, now))
                        .create();
            } else {
                updateSeries(namespace, name, count, now);
            }
        } catch (KubernetesClientException e) {
            // An Event expires in the API server, and one that another operator wrote has the same name.
            boolean stale = e.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND && count > 1;
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                counts.remove(namespace + "/" + name);
            }
            if (stale && mayRetry) {
                write(about, type, reason, note, false);
            } else if (!isNamespaceGone(e)) {
                LOG.warn(
                        "Cannot write Event {} for {}: {}",
                        reason,
                        about.getMetadata().getName(),
                        e.getMessage());
            }
        }
    }

    /** The API server stores no Events in a namespace that is gone or being deleted. */
    private static boolean isNamespaceGone(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                || e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                        && String.valueOf(e.getMessage()).contains("is being terminated");
    }

    private void updateSeries(String namespace, String name, int count, String now) {
        client.events()
                .v1()
                .events()
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"series\":{\"count\":%d,\"lastObservedTime\":\"%s\"}}".formatted(count, now));
    }

    private Event event(
            HasMetadata about, String namespace, String name, Type type, String reason, String note, String now) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewRegarding()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(namespace)
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .endRegarding()
                .withType(type.name())
                .withReason(reason)
                .withAction(reason)
                .withNote(note)
                .withEventTime(new MicroTime(now))
                .withReportingController(CONTROLLER)
                .withReportingInstance(instance)
                .build();
    }
}
