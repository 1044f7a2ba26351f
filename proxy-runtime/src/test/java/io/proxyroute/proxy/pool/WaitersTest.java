package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.pool.PoolFixture.TestAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The acquire queue: order and rejections. */
@ExtendWith(NoLeaks.class)
class WaitersTest {

    private final PoolFixture pool = new PoolFixture(2);

    @AfterEach
    void stop() {
        pool.close();
    }

    /** Waits longer than the margin by which a waiter on the loop of a free link is preferred. */
    private static void passMargin() {
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);
    }

    /** Two waiters for one link, in the order in which they are served. Within the margin, that can be either order. */
    private static void closeBoth(TestAcquire one, TestAcquire two) {
        await().until(() -> !one.isWaiting() || !two.isWaiting());
        boolean oneFirst = !one.isWaiting();
        (oneFirst ? one : two).close();
        (oneFirst ? two : one).close();
    }

    @Nested
    class Order {

        @Test
        void servesWaitersOfOneLoopInOrder() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            List<Integer> served = new CopyOnWriteArrayList<>();
            List<TestAcquire> waiters = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                TestAcquire waiter = pool.acquire(0, "b");
                waiter.outcome.thenAccept(lease -> served.add(number));
                waiters.add(waiter);
            }
            waiters.get(3).abort();
            holder.close();
            for (int i = 0; i < 8; i++) {
                if (i != 3) {
                    waiters.get(i).close();
                }
            }
            assertThat(served).containsExactly(0, 1, 2, 4, 5, 6, 7);
            assertThat(waiters.get(3).isWaiting()).isTrue();
            assertThat(pool.usage("b").pending()).isZero();
            pool.assertAccepted(1);
        }

        @Test
        void servesWaitersAcrossLoopsAndEndpointsInOrder() {
            try (RawBackend second = LineBackend.respondingWith("y")) {
                pool.configure(Pools.of(10, 1), "b");
                pool.endpoints("b", pool.backend.endpoint(), second.endpoint());
                TestAcquire one = pool.acquireLease(0, "b");
                TestAcquire two = pool.acquireLease(0, "b");
                List<Integer> served = new CopyOnWriteArrayList<>();
                List<TestAcquire> waiters = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    int number = i;
                    TestAcquire waiter = pool.acquire(i % 2, "b");
                    waiter.outcome.thenAccept(lease -> served.add(number));
                    waiters.add(waiter);
                    passMargin();
                }
                // From here only one endpoint is below its cap, and serves all, whichever each prefers.
                one.close();
                waiters.forEach(TestAcquire::close);
                assertThat(served).containsExactly(0, 1, 2, 3, 4, 5);
                two.close();
                assertThat(pool.backend.accepted() + second.accepted()).isEqualTo(2);
            }
        }

        @Test
        void movesLinkToWaiterThatHasWaitedLonger() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire other = pool.acquire(1, "b");
            passMargin();
            TestAcquire own = pool.acquire(0, "b");
            holder.close();
            other.lease(); // 20 ms longer than the other: the link moves
            assertThat(own.isWaiting()).isTrue();
            other.close();
            own.close();
            pool.assertAccepted(1);
        }

        @Test
        void waitersOfAnotherBackendDoNotStarve() {
            pool.configure(Pools.of(2, 2), "b", "c");
            TestAcquire one = pool.acquireLease(0, "b");
            TestAcquire two = pool.acquireLease(0, "b");
            TestAcquire other = pool.acquire(0, "c");
            passMargin();
            TestAcquire next = pool.acquire(0, "b");

            one.close();
            assertThat(other.lease().backend()).isEqualTo("c");
            assertThat(next.isWaiting()).isTrue();
            two.close();
            next.close();
            other.close();
            pool.assertAccepted(3); // handed over within a backend
        }

        @Test
        void permitsGoToLongestWaiterAcrossBackends() {
            pool.configure(Pools.of(1, 1), "b", "c");
            TestAcquire holder = pool.acquireLease(0, "b");
            List<String> served = new CopyOnWriteArrayList<>();
            List<TestAcquire> waiters = new ArrayList<>();
            for (String id : List.of("b", "c", "b", "c")) {
                TestAcquire waiter = pool.acquireFresh(0, id); // so that no link is handed over
                waiter.outcome.thenAccept(lease -> served.add(id));
                waiters.add(waiter);
            }

            holder.close();
            waiters.forEach(TestAcquire::close);
            assertThat(served).containsExactly("b", "c", "b", "c");
        }

        @Test
        void servesWaiterOnLoopWithoutLinks() {
            pool.configure(Pools.of(10, 1, 1000, 400), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire other = pool.acquire(1, "b");
            TestAcquire next = pool.acquire(0, "b");
            holder.close();
            closeBoth(other, next);
        }
    }

    @Nested
    class Failures {

        @Test
        void rejectsAcquireWhenQueueIsFull() {
            pool.configure(Pools.of(10, 1, 2, 3000), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire one = pool.acquire(0, "b");
            TestAcquire two = pool.acquire(1, "b");

            assertThat(pool.acquire(0, "b").failure()).isEqualTo(EndCause.POOL_EXHAUSTED);
            holder.close();
            closeBoth(one, two);
        }

        @Test
        void servedClientTakesPlaceOfLatestUnservedOneWhenQueueIsFull() {
            pool.configure(Pools.of(10, 1, 2, 3000), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire first = pool.acquire(0, "b");
            TestAcquire second = pool.acquire(1, "b");

            TestAcquire served = pool.acquireServed(1, "b");
            assertThat(second.failure()).isEqualTo(EndCause.POOL_EXHAUSTED);
            assertThat(pool.acquire(0, "b").failure()).isEqualTo(EndCause.POOL_EXHAUSTED);
            holder.close();
            first.lease();
            first.close();
            served.lease();
            served.close();
        }

        @Test
        void queueLimitAppliesAcrossEndpointsOfBackend() {
            try (RawBackend second = LineBackend.respondingWith("y")) {
                pool.configure(Pools.of(10, 1, 2, 3000), "b");
                pool.endpoints("b", pool.backend.endpoint(), second.endpoint());
                List<TestAcquire> holders = List.of(pool.acquireLease(0, "b"), pool.acquireLease(0, "b"));
                TestAcquire one = pool.acquire(0, "b");
                TestAcquire two = pool.acquire(1, "b");
                assertThat(pool.acquire(1, "b").failure()).isEqualTo(EndCause.POOL_EXHAUSTED);
                holders.forEach(TestAcquire::close);
                one.close();
                two.close();
            }
        }

        @Test
        void failsWaiterAfterAcquireTimeout() {
            pool.configure(Pools.of(10, 1, 10, 100), "b");
            TestAcquire holder = pool.acquireLease(0, "b");

            assertThat(pool.acquire(1, "b").failure()).isEqualTo(EndCause.ACQUIRE_TIMEOUT);
            assertThat(pool.usage("b").acquireTimeoutsTotal()).isEqualTo(1);
            assertThat(pool.usage("b").pending()).isZero();
            holder.close();
        }

        @Test
        void failsWaiterAtDeadlineOfExchange() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            long soon = pool.loops.wheel(0).nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);

            assertThat(pool.acquire(0, "b", soon).failure()).isEqualTo(EndCause.ACQUIRE_TIMEOUT);
            holder.close();
        }

        @Test
        void failsWaiterWhenPoolCloses() {
            pool.configure(Pools.of(10, 1), "b");
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire waiter = pool.acquire(1, "b");

            pool.pools.close();
            assertThat(waiter.failure()).isEqualTo(EndCause.SHUTDOWN);
            holder.close();
        }

        @Test
        void failsWaiterWhenLastEndpointIsRemoved() {
            pool.configure(Pools.of(10, 1), "b");
            pool.endpoints("b", pool.backend.endpoint());
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire waiter = pool.acquire(1, "b");

            pool.endpoints("b");
            assertThat(waiter.failure()).isEqualTo(EndCause.NO_ENDPOINT);
            holder.close();
        }
    }

    @Test
    void newEndpointServesWaiterOfRemovedOne() {
        try (RawBackend second = LineBackend.respondingWith("y")) {
            pool.configure(Pools.of(10, 1), "b");
            pool.endpoints("b", pool.backend.endpoint());
            TestAcquire holder = pool.acquireLease(0, "b");
            TestAcquire waiter = pool.acquire(1, "b");
            assertThat(waiter.isWaiting()).isTrue();

            pool.endpoints("b", second.endpoint());
            assertThat(waiter.lease().endpoint()).isEqualTo(second.endpoint());
            waiter.close();
            holder.close();
        }
    }
}
