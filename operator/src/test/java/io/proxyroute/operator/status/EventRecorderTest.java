package io.proxyroute.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.fixture.ObjectServer.Request;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventRecorderTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2030-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";

    private final ProxyRoute route = new ProxyRoute();
    private ObjectServer api;
    private EventRecorder events;

    @BeforeEach
    void start() throws Exception {
        route.getMetadata().setNamespace("default");
        route.getMetadata().setName("shop");
        route.getMetadata().setUid("uid");
        api = new ObjectServer();
        events = new EventRecorder(api.client(), CLOCK, "operator-a", new IgnoringListener());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void repeatedNotesFormSeries() {
        record("Two pods were added.");
        record("Two pods were added.");
        record("One pod was added.");

        assertThat(methods()).containsExactly("POST", "PATCH", "POST");
        assertThat(api.writes().get(1).body().at("/series/count").intValue()).isEqualTo(2);
    }

    @Test
    void limitsEventsOfOneReason() {
        for (int i = 0; i < 2_000; i++) {
            events.record(route, EventRecorder.Type.Warning, Reason.ReclaimableLeak.name(), "Site " + i + " leaks.");
        }
        record("Two pods were added.");

        assertThat(api.writes()).hasSize(26);
    }

    @Test
    void recreatesExpiredEvent() {
        record("Two pods were added.");
        String path = EVENTS + "/"
                + api.writes().getFirst().body().at("/metadata/name").textValue();
        api.remove(path);

        record("Two pods were added.");

        assertThat(methods()).containsExactly("POST", "POST");
        assertThat(api.writes().getLast().body().at("/note").textValue()).isEqualTo("Two pods were added.");
        record("Two pods were added.");
        assertThat(api.writes().getLast().body().at("/series/count").intValue()).isEqualTo(2);
    }

    @Test
    void dropsEventsOfDeletedNamespace() {
        api.refuse("POST", EVENTS, 404);

        record("Two pods were added.");

        assertThat(methods()).containsExactly("POST");
    }

    private void record(String note) {
        events.record(route, EventRecorder.Type.Normal, Reason.Scaled.name(), note);
    }

    private List<String> methods() {
        return api.writes().stream().map(Request::method).toList();
    }

    private static final class IgnoringListener implements StatusListener {

        @Override
        public void onConditions(String routeUid, List<Condition> conditions) {}

        @Override
        public void onRouteDeleted(String routeUid) {}

        @Override
        public void onProxyDied(String cause) {}

        @Override
        public void onEvent(EventRecorder.Type type, String reason) {}
    }
}
