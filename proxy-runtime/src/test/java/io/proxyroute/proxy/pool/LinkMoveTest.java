package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Idle links that move to another event loop. */
@ExtendWith(NoLeaks.class)
class LinkMoveTest {

    private PoolFixture pool = new PoolFixture(2);

    @AfterEach
    void stop() {
        pool.close();
    }

    /** One link, idle on loop 0, and no more allowed. */
    private void oneIdleLink() {
        pool.configure(Pools.of(10, 1), "b");
        TestAcquire first = pool.acquire(0, "b");
        first.request();
        first.close();
        assertThat(pool.usage("b").idle()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void movesIdleLinkRepeatedly(Transport transport) {
        pool.close();
        pool = new PoolFixture(transport, 2);
        oneIdleLink();
        for (int i = 1; i <= 200; i++) {
            TestAcquire acquire = pool.acquire(i % 2, "b");
            assertThat(acquire.lease().loop()).isSameAs(pool.loop(i % 2));
            assertThat(acquire.lease().isReused()).isTrue();
            assertThat(acquire.request()).isEqualTo("x");
            acquire.close();
        }
        assertThat(pool.pools.connections()).isEqualTo(1);
        pool.assertAccepted(1);
    }

    @Test
    void expiresOnNewLoop() {
        pool.configure(
                new ConnectionPool(
                        10,
                        1,
                        10,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO),
                "b");
        pool.acquireLease(0, "b").close();
        pool.acquireLease(1, "b").close();
        pool.assertAccepted(1);
        pool.awaitConnections(0); // by its keepAlive
    }

    @Test
    void detectsBackendCloseOnNewLoop() {
        try (RawBackend closing = LineBackend.respondingWith("y")) {
            pool.configure(Pools.of(10, 1), "b");
            pool.endpoints("b", closing.endpoint());
            pool.acquireLease(0, "b").close();
            TestAcquire moved = pool.acquire(1, "b");
            moved.request();
            moved.close();
            assertThat(closing.accepted()).isEqualTo(1);
        }
        pool.awaitConnections(0);
    }

    @Test
    void opensNewLinkWhenIdleOneCannotMove() {
        oneIdleLink();
        pool.links.movable = false;
        TestAcquire acquire = pool.acquire(1, "b");
        assertThat(acquire.request()).isEqualTo("x");
        assertThat(acquire.lease().isReused()).isFalse();
        acquire.close();
        pool.assertAccepted(2);
        assertThat(pool.pools.connections()).isEqualTo(1);
    }

    /** The acquire is queued after the pool found the returned link not needed, and before the link is idle. */
    @Test
    void movesLinkToAcquireQueuedDuringReturn() {
        pool.configure(Pools.of(10, 1), "b");
        TestAcquire holder = pool.acquireLease(0, "b");
        TestAcquire[] waiter = new TestAcquire[1];
        pool.links.onMarkReused = () -> {
            pool.links.onMarkReused = () -> {};
            waiter[0] = pool.acquire(1, "b");
        };
        holder.close();
        waiter[0].close();
        pool.assertAccepted(1);
    }

    @Test
    void movesBothIdleLinksWhenWaitersRequestTheSame() {
        pool.close();
        pool = new PoolFixture(3);
        pool.configure(Pools.of(10, 2), "b");
        TestAcquire older = pool.acquireLease(0, "b");
        TestAcquire younger = pool.acquireLease(1, "b");
        older.close();
        younger.close();

        CountDownLatch bothWait = pool.block(0);
        TestAcquire one = pool.acquire(2, "b");
        TestAcquire two = pool.acquire(2, "b");
        bothWait.countDown();
        one.lease();
        two.lease();
        one.close();
        two.close();
        pool.assertAccepted(2);
    }

    @Test
    void servesFreshAcquireWithNewLink() {
        oneIdleLink();
        TestAcquire fresh = pool.acquireFresh(1, "b");
        assertThat(fresh.lease().isReused()).isFalse();
        fresh.close();
        assertThat(pool.pools.connections()).isEqualTo(1);
    }

    @Nested
    class LostDuringMove {

        /** Each closes the link at a different point of its move. */
        static Stream<Consumer<LineLinks>> losses() {
            return Stream.of(
                    links -> links.onMovableQuery = once(links, Channel::close),
                    links -> links.onMovableQuery =
                            once(links, channel -> channel.eventLoop().execute(channel::close)),
                    links -> links.onDeregistered = once(links, Channel::close),
                    links -> links.onDeregistered =
                            once(links, channel -> channel.eventLoop().execute(channel::close)));
        }

        private static Consumer<Channel> once(LineLinks links, Consumer<Channel> loss) {
            return channel -> {
                links.onMovableQuery = other -> {};
                links.onDeregistered = other -> {};
                loss.accept(channel);
            };
        }

        @ParameterizedTest
        @MethodSource("losses")
        void opensAnotherLinkForWaiter(Consumer<LineLinks> loss) {
            for (int i = 0; i < 20; i++) {
                oneIdleLink();
                loss.accept(pool.links);
                TestAcquire acquire = pool.acquire(1, "b");
                acquire.lease();
                acquire.close();
                assertThat(pool.pools.connections()).isLessThanOrEqualTo(1);
                pool.configure(Pools.of(10, 1)); // forgets the backend
                pool.awaitConnections(0);
            }
        }

        @ParameterizedTest
        @MethodSource("losses")
        void cleansUpAfterCancelledWaiter(Consumer<LineLinks> loss) {
            oneIdleLink();
            loss.accept(pool.links);
            CountDownLatch blocked = pool.block(0);
            TestAcquire acquire = pool.acquire(1, "b");
            acquire.abort();
            blocked.countDown();
            pool.run(0, () -> {});
            assertThat(pool.usage("b").pending()).isZero();
            assertThat(acquire.isWaiting()).isTrue();
        }
    }

    @Nested
    class InTransit {

        /** Runs an action on another thread than those of the loops while the link belongs to no loop. */
        private void whileMoving(Runnable action) {
            pool.links.onDeregistered = channel -> {
                pool.links.onDeregistered = other -> {};
                Thread thread = Thread.ofPlatform().start(action);
                try {
                    thread.join(10_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
        }

        @Test
        void staysIdleOnNewLoopAfterCancelledWaiter() {
            oneIdleLink();
            TestAcquire[] acquire = new TestAcquire[1];
            CountDownLatch asked = new CountDownLatch(1);
            whileMoving(() -> {
                PoolFixture.awaitUninterruptibly(asked);
                acquire[0].abort();
            });
            acquire[0] = pool.acquire(1, "b");
            asked.countDown();
            await().untilAsserted(() -> assertThat(pool.usage("b").idle()).isEqualTo(1));
            assertThat(acquire[0].isWaiting()).isTrue();

            CountDownLatch blocked = pool.block(0); // so that it could not come from there
            TestAcquire next = pool.acquire(1, "b");
            assertThat(next.lease().isReused()).isTrue();
            next.close();
            blocked.countDown();
            pool.assertAccepted(1);
        }

        @Test
        void closesWhenEndpointIsRemoved() {
            try (RawBackend second = LineBackend.respondingWith("y")) {
                oneIdleLink();
                whileMoving(() -> pool.endpoints("b", second.endpoint()));
                TestAcquire acquire = pool.acquire(1, "b");
                assertThat(acquire.request()).isEqualTo("y");
                acquire.close();
                pool.awaitConnections(1);
                await().until(() -> pool.backend.open() == 0);
            }
        }

        @Test
        void failsWaiterWhenPoolCloses() {
            oneIdleLink();
            whileMoving(() -> pool.pools.close());
            assertThat(pool.acquire(1, "b").failure()).isEqualTo(EndCause.SHUTDOWN);
            pool.awaitConnections(0);
        }
    }
}
