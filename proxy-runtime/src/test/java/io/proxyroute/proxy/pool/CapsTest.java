package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Caps across loops, endpoints and backends, and idle links closed to free a permit. */
@ExtendWith(NoLeaks.class)
class CapsTest {

    private final PoolFixture pool = new PoolFixture(2);

    @AfterEach
    void stop() {
        pool.close();
    }

    @Test
    void endpointCapAppliesAcrossLoops() {
        pool.configure(Pools.of(10, 2), "b");
        TestAcquire one = pool.acquireLease(0, "b");
        TestAcquire two = pool.acquireLease(1, "b");
        TestAcquire three = pool.acquire(0, "b");
        TestAcquire four = pool.acquire(1, "b");
        assertThat(three.isWaiting() && four.isWaiting()).isTrue();
        assertThat(pool.usage("b").pending()).isEqualTo(2);
        assertThat(pool.pools.connections()).isEqualTo(2);

        one.close();
        three.lease();
        two.close();
        four.lease();
        assertThat(pool.pools.connections()).isEqualTo(2);
        three.close();
        four.close();
        pool.assertAccepted(2); // handed over, not reopened
    }

    @Test
    void maxConnectionsAppliesAcrossBackends() {
        pool.configure(Pools.of(2, 2), "b", "c");
        TestAcquire one = pool.acquireLease(0, "b");
        TestAcquire two = pool.acquireLease(1, "b");
        TestAcquire other = pool.acquire(0, "c");
        assertThat(other.isWaiting()).isTrue();

        one.close();
        assertThat(other.lease().backend()).isEqualTo("c");
        two.close();
        other.close();
        assertThat(pool.pools.connections()).isEqualTo(2);
    }

    @Nested
    class IdleLinks {

        @Test
        void closesLongestIdleLinkOfOtherBackend() {
            pool.configure(Pools.of(2, 2), "b", "c", "d");
            TestAcquire older = pool.acquireLease(0, "b");
            TestAcquire younger = pool.acquireLease(1, "c");
            older.close();
            await().pollDelay(Duration.ofMillis(20)).until(() -> true);
            younger.close();

            TestAcquire acquire = pool.acquireLease(1, "d");
            assertThat(pool.usage("b").idle()).isZero();
            assertThat(pool.usage("c").idle()).isEqualTo(1);
            acquire.close();
        }

        @Test
        void servesBothWaitersThatRequestSameLink() {
            pool.configure(Pools.of(2, 2), "b", "c", "d");
            TestAcquire older = pool.acquireLease(0, "b");
            TestAcquire younger = pool.acquireLease(1, "c");
            older.close();
            younger.close();

            // Both turn to the link that has been idle longest, before it has closed.
            CountDownLatch bothWait = pool.block(0);
            TestAcquire one = pool.acquire(1, "d");
            TestAcquire two = pool.acquire(1, "d");
            bothWait.countDown();

            one.lease();
            two.lease();
            assertThat(pool.pools.connections()).isEqualTo(2);
            one.close();
            two.close();
        }

        @Test
        void closesForEndpointOfSameBackendWhenMaxConnectionsIsReached() {
            try (RawBackend second = LineBackend.respondingWith("y")) {
                pool.configure(Pools.of(1, 1), "b");
                pool.endpoints("b", pool.backend.endpoint(), second.endpoint());
                String seen = "";
                for (int i = 0; i < 4; i++) {
                    TestAcquire acquire = pool.acquire(0, "b");
                    seen += acquire.request();
                    acquire.close();
                }
                assertThat(seen).as("each endpoint once a round").matches("(xy|yx){2}");
            }
        }

        @Test
        void closesSurplusWhenMaxConnectionsIsLowered() {
            pool.configure(Pools.of(10, 10), "b");
            pool.openIdleLinks(0, "b", 6);
            pool.configure(Pools.of(2, 2), "b");
            pool.awaitConnections(2);
        }

        @Test
        void closesSurplusWhenEndpointCapIsLowered() {
            pool.configure(Pools.of(10, 10), "b");
            pool.openIdleLinks(0, "b", 6);
            pool.configure(Pools.of(10, 2), "b");
            pool.awaitConnections(2);
        }

        @Test
        void closesForOtherBackendsAfterMaxConnectionsIsLowered() {
            pool.configure(Pools.of(10, 10), "b");
            pool.openIdleLinks(0, "b", 6);

            pool.configure(Pools.of(2, 2), "b", "c", "d");
            TestAcquire one = pool.acquireLease(0, "c");
            TestAcquire two = pool.acquireLease(1, "d");
            pool.awaitConnections(2);
            one.close();
            two.close();
        }

        @Test
        void closesSurplusBeforeAcquireAfterEndpointCapIsLowered() {
            pool.configure(Pools.of(10, 10), "b");
            pool.openIdleLinks(0, "b", 6);

            pool.configure(Pools.of(10, 2), "b");
            TestAcquire acquire = pool.acquireLease(1, "b");
            await().untilAsserted(() -> assertThat(pool.pools.connections()).isLessThanOrEqualTo(2));
            acquire.close();
        }
    }

    @Nested
    class Changes {

        @Test
        void raisedCapServesWaiterAndLoweredCapClosesReturnedLink() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire one = pool.acquireLease(0, "b");
            TestAcquire two = pool.acquire(0, "b");
            assertThat(two.isWaiting()).isTrue();

            pool.configure(Pools.of(10, 2), "b");
            two.lease();
            pool.configure(Pools.of(10, 1), "b");
            one.close();
            pool.awaitConnections(1);
            two.close();
            assertThat(pool.pools.connections()).isEqualTo(1);
        }

        @Test
        void removedEndpointGetsNoNewAcquires() {
            try (RawBackend second = LineBackend.respondingWith("y")) {
                pool.configure(ConnectionPool.DEFAULT, "b");
                pool.endpoints("b", pool.backend.endpoint());
                TestAcquire running = pool.acquireLease(0, "b");
                pool.acquireLease(0, "b").close();

                pool.endpoints("b", second.endpoint());
                await().until(() -> pool.backend.open() == 1);
                TestAcquire next = pool.acquire(0, "b");
                assertThat(next.request()).isEqualTo("y");
                assertThat(running.request()).isEqualTo("x");
                running.close();
                next.close();
                await().until(() -> pool.backend.open() == 0);
            }
        }

        @Test
        void ignoresOlderListOfEndpoints() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            pool.pools.endpoints(new EndpointsDocument(7, Map.of("b", List.of(pool.backend.endpoint()))));

            assertThat(pool.pools.endpoints(new EndpointsDocument(6, Map.of("b", List.of()))))
                    .isEqualTo(7);
            pool.acquire(0, "b").close();
        }

        @Test
        void removedBackendServesExistingReferences() {
            pool.configure(Pools.of(1, 1), "b");
            BackendPool gone = pool.pools.backend("b");
            pool.acquireLease(0, "b").close();
            pool.configure(Pools.of(1, 1), "c");
            pool.awaitConnections(0);

            Lease[] leases = new Lease[1];
            pool.run(
                    0,
                    () -> gone.acquire(pool.loop(0), Long.MAX_VALUE, AcquireOptions.ANY, new AcquireListener() {
                        @Override
                        public void acquired(Lease lease) {
                            leases[0] = lease;
                        }

                        @Override
                        public void failed(EndCause cause) {}
                    }));
            await().until(() -> leases[0] != null);
            pool.run(0, leases[0]::close);
            pool.awaitConnections(0);
        }
    }
}
