package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A random schedule on four loops: acquires, returns, aborts, lost links, other endpoints, other caps. Always,
 * the caps hold, no waiter is forgotten while a link is idle, and in the end every permit is released.
 */
@ExtendWith(NoLeaks.class)
class PoolSoakTest {

    private static final int LOOPS = 4;
    private static final int STEPS = 4000;
    private static final List<String> BACKENDS = List.of("a", "b", "c");

    /** The discard port of a machine without that service. */
    private static final Endpoint REFUSING = new Endpoint("127.0.0.1", 9);

    private final PoolFixture pool = new PoolFixture(LOOPS);
    private final List<RawBackend> servers = List.of(
            LineBackend.respondingWith("1"),
            LineBackend.respondingWith("2"),
            LineBackend.respondingWith("3"),
            LineBackend.respondingWith("4"));
    private final List<TestAcquire> acquires = new ArrayList<>();

    @AfterEach
    void stop() {
        pool.close();
        servers.forEach(RawBackend::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void releasesEveryPermit(long seed) {
        Random random = new Random(seed);
        changeCaps(random);
        BACKENDS.forEach(id -> changeEndpoints(random, id));
        for (int step = 0; step < STEPS; step++) {
            step(random);
        }
        pool.configure(Pools.of(6, 4, 1000, 60_000), BACKENDS.toArray(String[]::new));
        BACKENDS.forEach(id -> pool.endpoints(id, servers));
        drain();
        assertThat(pool.pools.connections()).isLessThanOrEqualTo(6);
        await().untilAsserted(() -> assertThat((long) pool.pools.connections()).isEqualTo(pool.links.open()));
    }

    private void step(Random random) {
        int kind = random.nextInt(100);
        if (kind < 45) {
            String id = BACKENDS.get(random.nextInt(BACKENDS.size()));
            int loop = random.nextInt(LOOPS);
            acquires.add(random.nextInt(10) == 0 ? pool.acquireFresh(loop, id) : pool.acquire(loop, id));
        } else if (kind < 85) {
            finish(random, any(random));
        } else if (kind < 92) {
            TestAcquire acquire = any(random);
            if (acquire != null && acquire.isWaiting()) {
                acquire.abort();
                acquires.remove(acquire);
                closeIfServed(acquire);
            }
        } else if (kind < 95) {
            TestAcquire acquire = any(random);
            if (acquire != null && !acquire.isWaiting() && acquire.outcome.join() != null) {
                acquire.loop.execute(acquire.link()::disconnect);
            }
        } else if (kind < 98) {
            changeEndpoints(random, BACKENDS.get(random.nextInt(BACKENDS.size())));
        } else {
            changeCaps(random);
        }
    }

    private TestAcquire any(Random random) {
        return acquires.isEmpty() ? null : acquires.get(random.nextInt(acquires.size()));
    }

    private void finish(Random random, TestAcquire acquire) {
        if (acquire == null || acquire.isWaiting()) {
            return;
        }
        acquires.remove(acquire);
        Lease lease = acquire.outcome.join();
        if (lease != null && random.nextInt(3) == 0) {
            acquire.loop.execute(() -> {
                if (lease.isReady()) {
                    PoolFixture.send(lease, new PoolFixture.NoOpEvents());
                }
            });
        }
        closeIfServed(acquire);
    }

    private static void closeIfServed(TestAcquire acquire) {
        Lease lease = acquire.outcome.getNow(null);
        if (lease != null) {
            acquire.loop.execute(lease::close);
        }
    }

    private void changeEndpoints(Random random, String id) {
        List<Endpoint> some = new ArrayList<>(List.of(REFUSING));
        servers.forEach(server -> some.add(server.endpoint()));
        some.removeIf(endpoint -> random.nextBoolean());
        pool.endpoints(id, some.toArray(Endpoint[]::new));
    }

    private void changeCaps(Random random) {
        int max = 1 + random.nextInt(8);
        pool.configure(Pools.of(max, 1 + random.nextInt(max), 50, 60_000), BACKENDS.toArray(String[]::new));
    }

    /** Serves all waiters by returning each lease. */
    private void drain() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            List<TestAcquire> ended =
                    acquires.stream().filter(acquire -> !acquire.isWaiting()).toList();
            ended.forEach(PoolSoakTest::closeIfServed);
            acquires.removeAll(ended);
            assertThat(acquires)
                    .as("waiters that are forgotten: %s", pool.pools.usage())
                    .isEmpty();
        });
        await().untilAsserted(() -> {
            for (PoolUsage usage : pool.pools.usage()) {
                assertThat(usage.pending()).as("waiting").isZero();
                assertThat(usage.active()).as("leased").isZero();
            }
        });
    }
}
