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

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void requestsUntilPodResponds() {
        LiveSetBackfill recall = new LiveSetBackfill(
                _ -> switch (asked.incrementAndGet()) {
                    case 1 -> throw new IOException("too busy");
                    case 2 -> throw new IllegalStateException("what is this?");
                    default -> HISTORY;
                },
                (uid, _) -> heard.add(uid));

        await().untilAsserted(() -> {
            recall.request(List.of(pod("a")));
            assertThat(heard).containsExactly("a");
        });
        recall.request(List.of(pod("a")));
        recall.request(List.of(pod("a"), pod("b")));

        await().untilAsserted(() -> assertThat(heard).containsExactly("a", "b"));
        assertThat(asked).hasValue(4);
    }

    @Test
    void unresponsivePodDelaysNoOther() {
        CountDownLatch end = new CountDownLatch(1);
        LiveSetBackfill recall = new LiveSetBackfill(
                proxy -> {
                    if (proxy.podName().equals("a")) {
                        end.await();
                    }
                    return HISTORY;
                },
                (uid, _) -> heard.add(uid));

        recall.request(List.of(pod("a"), pod("b")));

        await().untilAsserted(() -> assertThat(heard).containsExactly("b"));
        end.countDown();
        await().untilAsserted(() -> assertThat(heard).containsExactly("b", "a"));
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
