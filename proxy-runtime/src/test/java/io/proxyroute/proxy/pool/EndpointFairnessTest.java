package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal shares of the endpoints, and reuse, whatever the caps and the number of event loops. */
class EndpointFairnessTest {

    private PoolFixture pool;
    private final List<RawBackend> backends = new ArrayList<>();
    private final List<AtomicInteger> requests = new ArrayList<>();

    @AfterEach
    void stop() {
        pool.close();
        backends.forEach(RawBackend::close);
    }

    private void start(int loops, int endpoints, int maxConnections, int maxPerEndpoint) {
        pool = new PoolFixture(loops);
        pool.configure(Pools.of(maxConnections, maxPerEndpoint), "b");
        for (int i = 0; i < endpoints; i++) {
            AtomicInteger count = new AtomicInteger();
            requests.add(count);
            backends.add(LineBackend.counting("x", count));
        }
        pool.endpoints("b", backends);
    }

    private void request(int loop) {
        TestAcquire acquire = pool.acquire(loop, "b");
        assertThat(acquire.request()).isEqualTo("x");
        acquire.close();
    }

    private int opened() {
        return backends.stream().mapToInt(RawBackend::accepted).sum();
    }

    private void assertEqualShares(int total) {
        double share = (double) total / requests.size();
        assertThat(requests).allSatisfy(count -> assertThat((double) count.get())
                .as("of %s", requests)
                .isBetween(0.9 * share - 1, 1.1 * share + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 64})
    void sharesAreEqualForSequentialRequests(int maxConnections) {
        start(2, 8, maxConnections, 8);
        for (int i = 0; i < 400; i++) {
            request(ThreadLocalRandom.current().nextInt(2));
        }
        assertEqualShares(400);
        assertThat(pool.pools.connections()).isLessThanOrEqualTo(maxConnections);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 8, 12, 16, 40})
    void sharesAreEqualUnderSaturation(int maxConnections) throws InterruptedException {
        start(2, 8, maxConnections, 8);
        int total = 2400;
        runConcurrently(maxConnections + 16, total);
        assertEqualShares(total);
    }

    /** This many clients, each of which sends its next request when it has the response. */
    private void runConcurrently(int clients, int total) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(total);
        AtomicReference<AssertionError> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int loop = i % pool.loops.count();
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    while (left.getAndDecrement() > 0) {
                        request(loop);
                    }
                } catch (AssertionError e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void newEndpointGetsItsShareUnderSaturation() throws InterruptedException {
        start(2, 3, 6, 6);
        runConcurrently(24, 300);
        AtomicInteger count = new AtomicInteger();
        requests.add(count);
        backends.add(LineBackend.counting("x", count));
        pool.endpoints("b", backends);
        runConcurrently(24, 200); // settles
        requests.forEach(each -> each.set(0));
        runConcurrently(24, 2400);
        assertEqualShares(2400);
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 20, 200", "8, 1, 20, 200", "64, 1, 20, 200", "64, 4, 20, 200", "64, 10, 20, 200", "16, 4, 2, 8"})
    void sequentialRequestsOpenAtMostOneLinkPerLoop(int loops, int endpoints, int maxPerEndpoint, int maxConnections) {
        start(loops, endpoints, maxConnections, maxPerEndpoint);
        int total = 100 * loops;
        int fresh = 0;
        for (int i = 0; i < total; i++) {
            TestAcquire acquire = pool.acquire(i % loops, "b");
            fresh += acquire.lease().isReused() ? 0 : 1;
            acquire.request();
            acquire.close();
        }
        int opened = fresh;
        await().untilAsserted(() -> assertThat(opened()).isEqualTo(opened));
        assertThat(opened).isLessThanOrEqualTo(Math.max(loops, endpoints));
        assertThat(opened).as("of %s", total).isLessThanOrEqualTo(Math.max(1, total / 100));
        assertEqualShares(total);
    }
}
