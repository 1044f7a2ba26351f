package io.proxyroute.operator.remediation.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.observe.ObservedPod;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LiveSetBackfillTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final LiveSetHistory HISTORY = new LiveSetHistory(List.of(new LiveSetHistory.Process(T, List.of())));

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void requestsUntilPodResponds() {
        LiveSetBackfill backfill = new LiveSetBackfill(
                _ -> switch (requests.incrementAndGet()) {
                    case 1 -> throw new IOException("too busy");
                    case 2 -> throw new IllegalStateException("what is this?");
                    default -> HISTORY;
                },
                (uid, _) -> received.add(uid));

        await().untilAsserted(() -> {
            backfill.request(List.of(pod("a")));
            assertThat(received).containsExactly("a");
        });
        backfill.request(List.of(pod("a")));
        backfill.request(List.of(pod("a"), pod("b")));

        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b"));
        assertThat(requests).hasValue(4);
    }

    @Test
    void unresponsivePodDoesNotDelayOthers() {
        CountDownLatch end = new CountDownLatch(1);
        LiveSetBackfill backfill = new LiveSetBackfill(
                proxy -> {
                    if (proxy.podName().equals("a")) {
                        end.await();
                    }
                    return HISTORY;
                },
                (uid, _) -> received.add(uid));

        backfill.request(List.of(pod("a"), pod("b")));

        await().untilAsserted(() -> assertThat(received).containsExactly("b"));
        end.countDown();
        await().untilAsserted(() -> assertThat(received).containsExactly("b", "a"));
    }

    private static ObservedPod pod(String name) {
        return new ObservedPod(
                new RouteRef("shop", "shop", "route"),
                new ProxyAddress("route", name, name, "1", "10.0.0.1"),
                name,
                name,
                "node",
                "1",
                true,
                true,
                false,
                T,
                T);
    }
}
