package io.proxyroute.operator.remediation.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.remediation.decision.Blackout;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteSettingsTest {

    @Test
    void readsBlackoutFromSpec() {
        assertThat(blackouts("{days: [Sat], start: '22:30', duration: 8h, timeZone: Europe/Zurich}"))
                .containsExactly(new Blackout(
                        Set.of(DayOfWeek.SATURDAY),
                        LocalTime.of(22, 30),
                        Duration.ofHours(8),
                        ZoneId.of("Europe/Zurich")));
    }

    @Test
    void unknownTimeZoneIsAlwaysActive() {
        assertThat(blackouts("{days: [Sat], start: '22:30', duration: 8h, timeZone: Mars/Olympus}"))
                .containsExactly(new Blackout(Set.of(), LocalTime.MIDNIGHT, Duration.ofDays(1), ZoneOffset.UTC));
    }

    private static List<Blackout> blackouts(String window) {
        ProxyRoute route = new KubernetesSerialization().unmarshal("""
                apiVersion: proxyroute.io/v1alpha1
                kind: ProxyRoute
                metadata: {namespace: default, name: shop}
                spec:
                  listeners: [{name: http, port: 8080}]
                  remediation: {guard: {blackoutWindows: [%s]}}
                """.formatted(window), ProxyRoute.class);
        return RouteSettings.of(route.getSpec(), 30).guard().blackouts();
    }
}
