package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reusing links, opening them, and failing to. */
@ExtendWith(NoLeaks.class)
class AcquireTest {

    private final PoolFixture pool = new PoolFixture(2);

    @AfterEach
    void stop() {
        pool.close();
    }

    @Nested
    class Reuse {

        @Test
        void reusesIdleLinkOnItsLoop() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            for (int i = 0; i < 10; i++) {
                TestAcquire acquire = pool.acquire(0, "b");
                assertThat(acquire.request()).isEqualTo("x");
                assertThat(acquire.lease().isReused()).isEqualTo(i > 0);
                acquire.close();
            }
            pool.assertAccepted(1);
            assertThat(pool.usage("b").idle()).isEqualTo(1);
            assertThat(pool.usage("b").acquiresTotal()).isEqualTo(10);
            assertThat(pool.usage("b").peakActivePerEndpoint()).isEqualTo(1);
        }

        @Test
        void servesSeveralRequestsOnOneLease() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            TestAcquire acquire = pool.acquire(0, "b");
            assertThat(acquire.request()).isEqualTo("x");
            assertThat(acquire.request()).isEqualTo("x");
            acquire.close();
            pool.assertAccepted(1);
        }

        @Test
        void opensNewLinkForFreshAcquire() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire first = pool.acquire(0, "b");
            first.request();
            first.close();

            TestAcquire fresh = pool.acquireFresh(0, "b");
            assertThat(fresh.lease().isReused()).isFalse();
            fresh.close();
            pool.assertAccepted(2);
            assertThat(pool.pools.connections()).isEqualTo(1);
        }

        /** A backend may close an idle connection, whether it has carried a request or not. */
        @Test
        void countsIdleLinkWithoutRequestsAsReused() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            TestAcquire first = pool.acquireLease(0, "b");
            assertThat(first.lease().isReused()).isFalse();
            first.close();

            TestAcquire second = pool.acquire(0, "b");
            assertThat(second.lease().isReused()).isTrue();
            second.close();
            pool.assertAccepted(1);
        }

        /** The end of an idle link was read, and the pool is informed in one of the loop's next tasks. */
        @Test
        void doesNotHandOverLinkAtEndOfInput() {
            pool.configure(Pools.of(10, 2), "b");
            TestAcquire first = pool.acquireLease(0, "b");
            TestAcquire elsewhere = pool.acquireLease(1, "b");
            LineLinks.LineLink link = first.link();
            first.close();
            Lease[] leases = new Lease[1];
            CompletableFuture<Boolean> ready = new CompletableFuture<>();
            AcquireListener listener = new AcquireListener() {
                @Override
                public void acquired(Lease lease) {
                    leases[0] = lease;
                    ready.complete(lease.isReady());
                }

                @Override
                public void failed(EndCause cause) {
                    ready.completeExceptionally(new AssertionError(cause));
                }
            };
            CountDownLatch waits = new CountDownLatch(1);
            pool.loop(0).execute(() -> {
                PoolFixture.awaitUninterruptibly(waits); // what the waiter on the other loop needs is done after this
                pool.pools.backend("b").acquire(pool.loop(0), Long.MAX_VALUE, AcquireOptions.ANY, listener);
                link.disconnect();
            });
            TestAcquire waiter = pool.acquire(1, "b");
            assertThat(waiter.isWaiting()).isTrue();
            waits.countDown();

            waiter.close();
            assertThat(ready.orTimeout(10, TimeUnit.SECONDS).join()).isTrue();
            pool.run(0, leases[0]::close);
            elsewhere.close();
        }
    }

    @Nested
    class Choice {

        private final RawBackend second = LineBackend.respondingWith("y");

        @AfterEach
        void stopSecond() {
            second.close();
        }

        @Test
        void alternatesBetweenEndpoints() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            pool.endpoints("b", pool.backend.endpoint(), second.endpoint());
            StringBuilder seen = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                TestAcquire acquire = pool.acquire(0, "b");
                seen.append(acquire.request());
                acquire.close();
            }
            assertThat(seen.toString()).matches("(xy){5}|(yx){5}");
        }

        @Test
        void skipsEndpointAtItsCap() {
            pool.configure(Pools.of(10, 1), "b");
            pool.endpoints("b", pool.backend.endpoint(), second.endpoint());
            TestAcquire one = pool.acquire(0, "b");
            TestAcquire two = pool.acquire(0, "b");
            assertThat(one.lease().endpoint()).isNotEqualTo(two.lease().endpoint());
            one.close();
            TestAcquire three = pool.acquire(0, "b"); // of whichever endpoint is next in the rotation
            assertThat(three.lease().endpoint()).isEqualTo(one.lease().endpoint());
            two.close();
            three.close();
        }

        @Test
        void triesAnotherEndpointWhenConnectingFails() throws IOException {
            Endpoint refusing = refusing();
            pool.configure(ConnectionPool.DEFAULT, "b");
            pool.endpoints("b", refusing, second.endpoint());
            for (int i = 0; i < 4; i++) {
                TestAcquire acquire = pool.acquireFresh(0, "b");
                assertThat(acquire.lease().endpoint()).isEqualTo(second.endpoint());
                acquire.close();
            }
        }

        @Test
        void resolvesBackendGivenByName() {
            pool.pools.configure(
                    ConnectionPool.DEFAULT, List.of(new Backend("n", "localhost", pool.backend.port(), false)));
            TestAcquire acquire = pool.acquire(0, "n");
            assertThat(acquire.request()).isEqualTo("x");
            acquire.close();
        }
    }

    private static Endpoint refusing() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Endpoint("127.0.0.1", closed.getLocalPort());
        }
    }

    @Nested
    class Failures {

        @Test
        void failsWithoutEndpoint() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            pool.endpoints("b");
            assertThat(pool.acquire(0, "b").failure()).isEqualTo(EndCause.NO_ENDPOINT);
        }

        @Test
        void releasesPermitWhenConnectionIsRefused() throws IOException {
            pool.configure(Pools.of(2, 2), "b");
            pool.endpoints("b", refusing());
            for (int i = 0; i < 10; i++) {
                assertThat(pool.acquire(i % 2, "b").failure()).isEqualTo(EndCause.CONNECT_FAILED);
            }
            pool.awaitConnections(0);
        }

        @Test
        void releasesPermitWhenLinkCannotBeCreated() {
            pool.configure(Pools.of(2, 2), "b");
            pool.links.beforeCreate = () -> {
                throw new NoClassDefFoundError("as with no descriptor left");
            };
            for (int i = 0; i < 10; i++) {
                assertThat(pool.acquire(i % 2, "b").failure()).isEqualTo(EndCause.CONNECT_FAILED);
            }
            pool.awaitConnections(0);

            pool.links.beforeCreate = () -> {};
            TestAcquire acquire = pool.acquire(0, "b");
            assertThat(acquire.request()).isEqualTo("x");
            acquire.close();
        }

        /** Otherwise the wait would end with ACQUIRE_TIMEOUT. */
        @Test
        void failsConnectAfterTimeout() throws Exception {
            List<Socket> queued = new ArrayList<>();
            try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                while (connects(queued, deaf.getLocalPort())) {
                    assertThat(queued).as("connections that are not accepted").hasSizeLessThan(100);
                }
                pool.configure(Pools.times(60_000, 0, 0, 0), "b");
                pool.endpoints("b", new Endpoint("127.0.0.1", deaf.getLocalPort()));
                assertThat(pool.acquire(0, "b").failure()).isEqualTo(EndCause.CONNECT_TIMEOUT);
                assertThat(pool.pools.connections()).isZero();
            } finally {
                for (Socket socket : queued) {
                    socket.close();
                }
            }
        }

        /** False when the kernel does not even refuse: the queue of connections to accept is full. */
        private static boolean connects(List<Socket> queued, int port) throws IOException {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }
    }

    @Nested
    class Figures {

        /** Otherwise a backend that hangs would look fast: only the responses that come would count. */
        @Test
        void recordsResponseTimeOfAbandonedRequest() {
            try (RawBackend hanging = RawBackend.scripted(peer -> {
                LineBackend.readLine(peer.in());
                LineBackend.readLine(peer.in());
            })) {
                pool.configure(ConnectionPool.DEFAULT, "b", "h");
                assertThat(pool.usage("b").responseP99Millis()).isZero();
                TestAcquire served = pool.acquire(0, "b");
                served.request();
                served.close();
                assertThat(pool.usage("b").responseP99Millis()).isPositive();

                pool.endpoints("h", hanging.endpoint());
                TestAcquire unserved = pool.acquire(0, "h");
                unserved.send(new PoolFixture.NoOpEvents());
                await().untilAsserted(() -> assertThat(hanging.accepted()).isEqualTo(1));
                assertThat(pool.usage("h").responseP99Millis()).isZero();
                unserved.close();
                assertThat(pool.usage("h").responseP99Millis()).isPositive();
            }
        }

        @Test
        void countsLeasesOfAllLoops() {
            pool.configure(ConnectionPool.DEFAULT, "b");
            TestAcquire one = pool.acquireLease(0, "b");
            TestAcquire two = pool.acquireLease(1, "b");
            assertThat(pool.usage("b").active()).isEqualTo(2);
            one.close();
            two.close();
            assertThat(pool.usage("b").active()).isZero();
            assertThat(pool.usage("b").peakActivePerEndpoint()).isEqualTo(2);
        }
    }
}
