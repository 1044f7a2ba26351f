package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When links close, and how leases are watched. */
@ExtendWith(NoLeaks.class)
class LinkLifetimeTest {

    private final PoolFixture pool = new PoolFixture(2);

    @AfterEach
    void stop() {
        pool.close();
    }

    @Test
    void closesIdleLinkAfterKeepAlive() {
        pool.configure(Pools.times(100, 0, 0, 0), "b");
        pool.acquireLease(0, "b").close();
        pool.awaitConnections(0);
        await().until(() -> pool.backend.open() == 0);
    }

    @Test
    void closesReturnedLinkAfterMaxLifetime() {
        pool.configure(Pools.times(60_000, 150, 0, 0), "b");
        TestAcquire acquire = pool.acquireLease(0, "b");
        await().pollDelay(Duration.ofMillis(250)).until(() -> pool.backend.open() == 1);
        assertThat(acquire.request()).isEqualTo("x");
        acquire.close();
        pool.awaitConnections(0);

        pool.acquireLease(0, "b").close();
        pool.awaitConnections(0);
    }

    @Test
    void linksOpenedTogetherCloseAtDifferentTimes() {
        pool.configure(Pools.times(60_000, 2_000, 0, 0), "b");
        pool.openIdleLinks(0, "b", 5);
        await().until(() -> pool.backend.open() < 5);
        assertThat(pool.backend.open()).isPositive();
        pool.awaitConnections(0);
    }

    @Test
    void removesLinkClosedByBackend() {
        try (RawBackend closing = RawBackend.scripted(peer -> {
            LineBackend.readLine(peer.in());
            peer.send("x\n");
        })) {
            pool.configure(ConnectionPool.DEFAULT, "b");
            pool.endpoints("b", closing.endpoint());
            TestAcquire acquire = pool.acquire(0, "b");
            acquire.request();
            acquire.close();
            pool.awaitConnections(0);
        }
    }

    @Test
    void reportsThenReclaimsInactiveLease() {
        pool.configure(Pools.times(60_000, 0, 100, 2000), "b");
        TestAcquire forgotten = pool.acquire(0, "b");
        Lease held = forgotten.lease();

        await().untilAsserted(() -> assertThat(pool.usage("b").suspectedTotal()).isEqualTo(1));
        assertThat(pool.usage("b").abandonedTotal()).isZero();
        await().untilAsserted(() -> assertThat(pool.usage("b").abandonedTotal()).isEqualTo(1));
        assertThat(CompletableFuture.supplyAsync(held::isReady, held.loop()).join())
                .isFalse();
        assertThat(pool.usage("b").active()).isZero();
        assertThat(pool.usage("b").suspectedTotal()).as("once a lease").isEqualTo(1);
        forgotten.close();
        assertThat(pool.usage("b").active()).isZero();
    }
}
