package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import io.proxyroute.proxy.pool.BackendQueue.Waiter;
import io.proxyroute.proxy.pool.Capacity.EnqueueResult;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The decisions about permits and free links, with times and events in a fixed order. */
class CapacityTest {

    private Capacity capacity = new Capacity(PoolSettings.of(Pools.of(10, 1)));
    private final BackendQueue queue = new BackendQueue(3);
    private final EndpointSlot slot = new EndpointSlot(queue, new Endpoint("127.0.0.1", 1));
    private final EndpointSlot second = new EndpointSlot(queue, new Endpoint("127.0.0.1", 2));
    private final BackendQueue otherQueue = new BackendQueue(3);
    private final EndpointSlot other = new EndpointSlot(otherQueue, new Endpoint("127.0.0.1", 3));

    CapacityTest() {
        start(10, 1);
    }

    private void start(int maxConnections, int maxPerEndpoint) {
        capacity = new Capacity(PoolSettings.of(Pools.of(maxConnections, maxPerEndpoint, 2, 3000)));
        capacity.updateEndpoints(queue, List.of(slot));
        capacity.updateEndpoints(otherQueue, List.of(other));
    }

    private static final class TestWaiter extends Waiter {

        private final List<Object> events = new ArrayList<>();

        TestWaiter(EndpointSlot preferred, int loop, boolean fresh, double sinceMillis) {
            super(preferred, loop, new AcquireOptions(fresh, null, false, false), null, (long)
                    (sinceMillis * TimeUnit.MILLISECONDS.toNanos(1)));
        }

        @Override
        void permitGranted(EndpointSlot slot) {
            events.add(slot);
        }

        @Override
        void leaseGranted(Lease lease) {
            throw new AssertionError("by links alone");
        }

        @Override
        void failed(EndCause cause) {
            events.add(cause);
        }

        @Override
        void retry() {
            events.add("retry");
        }
    }

    private TestWaiter waiter(EndpointSlot preferred, int loop, double sinceMillis) {
        return queued(new TestWaiter(preferred, loop, false, sinceMillis));
    }

    private TestWaiter freshWaiter(EndpointSlot preferred, double sinceMillis) {
        return queued(new TestWaiter(preferred, 0, true, sinceMillis));
    }

    private TestWaiter queued(TestWaiter waiter) {
        assertThat(capacity.enqueue(waiter, true)).isEqualTo(EnqueueResult.QUEUED);
        return waiter;
    }

    @Nested
    class Permits {

        @Test
        void grantsPermitReleasedBeforeEnqueue() {
            assertThat(capacity.tryAcquirePermit(slot)).isTrue();
            assertThat(capacity.tryAcquirePermit(slot)).isFalse();

            capacity.releasePermit(slot); // on another loop, and nothing waits yet
            TestWaiter waiter = waiter(slot, 0, 0);
            capacity.grantWaiters(); // which it does when it finds no idle link

            assertThat(waiter.events).containsExactly(slot);
            assertThat(capacity.openLinks()).isEqualTo(1);
            assertThat(queue.waiting()).isZero();
        }

        @Test
        void waiterIsNotOvertaken() {
            assertThat(capacity.tryAcquirePermit(slot)).isTrue();
            waiter(slot, 0, 0);
            capacity.updateSettings(PoolSettings.of(Pools.of(1, 2, 2, 3000)));

            assertThat(capacity.tryAcquirePermit(slot)).isFalse();
            waiter(slot, 1, 0);
            assertThat(queue.waiting()).isEqualTo(2);
        }

        @Test
        void queueLimitCountsWaitersWithoutIdleLink() {
            capacity.tryAcquirePermit(slot);
            waiter(slot, 0, 0);
            waiter(slot, 0, 1);
            assertThat(capacity.enqueue(new TestWaiter(slot, 0, false, 2), false))
                    .isEqualTo(EnqueueResult.QUEUE_FULL);
            assertThat(capacity.enqueue(new TestWaiter(slot, 0, false, 2), true))
                    .as("beside an idle link")
                    .isEqualTo(EnqueueResult.QUEUED);
            assertThat(capacity.enqueue(new TestWaiter(slot, 0, false, 3), true))
                    .as("one for each link at most")
                    .isEqualTo(EnqueueResult.QUEUE_FULL);
        }

        @Test
        void areGrantedForAnyEndpointBelowCapInQueueOrder() {
            capacity.updateEndpoints(queue, List.of(slot, second));
            capacity.tryAcquirePermit(slot);
            capacity.tryAcquirePermit(second);
            TestWaiter late = waiter(slot, 1, 2);
            TestWaiter early = waiter(slot, 0, 1);

            capacity.releasePermit(second);
            assertThat(early.events).containsExactly(second);
            assertThat(late.events).isEmpty();
            capacity.releasePermit(slot);
            assertThat(late.events).containsExactly(slot);
        }

        @Test
        void areGrantedToBackendWithLongestWaitingHead() {
            start(1, 1);
            capacity.tryAcquirePermit(slot);
            TestWaiter one = waiter(slot, 0, 2);
            TestWaiter two = waiter(other, 0, 1);
            capacity.releasePermit(slot);
            assertThat(two.events).containsExactly(other);
            assertThat(one.events).isEmpty();
        }

        @Test
        void areGrantedWhenCapIsRaised() {
            capacity.tryAcquirePermit(slot);
            TestWaiter one = waiter(slot, 0, 1);
            capacity.updateSettings(PoolSettings.of(Pools.of(10, 2)));
            assertThat(one.events).containsExactly(slot);
            assertThat(slot.open()).isEqualTo(2);
        }
    }

    @Nested
    class FreeLinks {

        @Test
        void staysIdleWhenNothingWaits() {
            assertThat(capacity.assignFreed(slot, 0, true)).isInstanceOf(FreedLink.Keep.class);
        }

        @Test
        void goesToItsOwnLoopWithinMargin() {
            capacity.tryAcquirePermit(slot);
            waiter(slot, 0, 0);
            TestWaiter own = waiter(slot, 1, 5);
            assertThat(capacity.assignFreed(slot, 1, true)).isEqualTo(new FreedLink.HandOver(own));
            assertThat(queue.waiting()).isEqualTo(1);
        }

        @Test
        void movesToHeadThatHasWaitedLongerThanMargin() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            waiter(slot, 1, 5.1);
            assertThat(capacity.assignFreed(slot, 1, true)).isEqualTo(new FreedLink.Move(head));
        }

        @Test
        void movesWhenOwnLoopHasNoWaiter() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            assertThat(capacity.assignFreed(slot, 2, true)).isEqualTo(new FreedLink.Move(head));
        }

        @Test
        void closesForHeadWhenItCannotMove() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            assertThat(capacity.assignFreed(slot, 2, false)).isEqualTo(new FreedLink.Close(false));
            capacity.releasePermit(slot);
            assertThat(head.events).containsExactly(slot);
        }

        @Test
        void closesForFreshWaiterWhenNoOtherWaits() {
            capacity.tryAcquirePermit(slot);
            TestWaiter fresh = freshWaiter(slot, 0);
            assertThat(capacity.assignFreed(slot, 0, true)).isEqualTo(new FreedLink.Close(false));
            capacity.releasePermit(slot);
            assertThat(fresh.events).containsExactly(slot);
        }

        @Test
        void freshWaiterGoesFirstAfterMargin() {
            capacity.tryAcquirePermit(slot);
            freshWaiter(slot, 0);
            waiter(slot, 0, 5.1);
            assertThat(capacity.assignFreed(slot, 0, true)).isEqualTo(new FreedLink.Close(false));
        }

        @Test
        void closesForAnotherBackendAfterMargin() {
            start(1, 1);
            capacity.tryAcquirePermit(slot);
            waiter(other, 0, 0);
            waiter(slot, 0, 5.1);
            assertThat(capacity.assignFreed(slot, 0, true)).isEqualTo(new FreedLink.Close(true));
        }

        @Test
        void isHandedOverWhileAnotherBackendIsWithinMargin() {
            start(1, 1);
            capacity.tryAcquirePermit(slot);
            waiter(other, 0, 0);
            TestWaiter own = waiter(slot, 0, 5);
            assertThat(capacity.assignFreed(slot, 0, true)).isEqualTo(new FreedLink.HandOver(own));
        }

        @Test
        void ignoresAnotherBackendThatWaitsForItsOwnCap() {
            capacity.tryAcquirePermit(slot);
            capacity.tryAcquirePermit(other);
            waiter(other, 0, 0);
            TestWaiter own = waiter(slot, 0, 100);
            assertThat(capacity.assignFreed(slot, 0, true)).isEqualTo(new FreedLink.HandOver(own));
        }

        @Test
        void closesForUnderservedEndpoint() {
            start(2, 2);
            capacity.updateEndpoints(queue, List.of(slot, second));
            capacity.tryAcquirePermit(slot);
            capacity.tryAcquirePermit(slot);
            int handedOver = 0;
            for (int i = 0; ; i++) {
                TestWaiter waiter = waiter(second, 0, i);
                if (capacity.assignFreed(slot, 0, true) instanceof FreedLink.Close) {
                    capacity.releasePermit(slot);
                    assertThat(waiter.events).containsExactly(second);
                    break;
                }
                handedOver++;
            }
            assertThat(handedOver).isEqualTo(4);
        }
    }

    @Nested
    class Moves {

        @Test
        void waiterKeepsPlaceAfterLinkIsLost() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            TestWaiter next = waiter(slot, 0, 1);
            assertThat(capacity.assignFreed(slot, 1, true)).isEqualTo(new FreedLink.Move(head));
            capacity.requeue(head);
            capacity.releasePermit(slot);
            assertThat(head.events).containsExactly("retry", slot);
            assertThat(next.events).isEmpty();
        }

        @Test
        void cancelledWaiterIsNotRequeued() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            capacity.assignFreed(slot, 1, true);
            capacity.cancel(head);
            capacity.requeue(head);
            assertThat(queue.waiting()).isZero();
            assertThat(head.events).isEmpty();
        }

        @Test
        void waiterFailsWhenPoolCloses() {
            capacity.tryAcquirePermit(slot);
            TestWaiter head = waiter(slot, 0, 0);
            capacity.assignFreed(slot, 1, true);
            capacity.close();
            capacity.requeue(head);
            assertThat(head.events).containsExactly(EndCause.SHUTDOWN);
        }
    }

    @Nested
    class Changes {

        @Test
        void waitersOfRemovedEndpointGetNewOne() {
            capacity.tryAcquirePermit(slot);
            TestWaiter waiter = waiter(slot, 0, 0);
            capacity.updateEndpoints(queue, List.of(second));
            assertThat(waiter.events).containsExactly(second);
        }

        @Test
        void waitersFailWhenLastEndpointIsRemoved() {
            capacity.tryAcquirePermit(slot);
            TestWaiter waiter = waiter(slot, 0, 0);
            capacity.updateEndpoints(queue, List.of());
            assertThat(waiter.events).containsExactly(EndCause.NO_ENDPOINT);
            assertThat(capacity.enqueue(new TestWaiter(slot, 0, false, 0), true))
                    .isEqualTo(EnqueueResult.NO_ENDPOINT);
        }

        @Test
        void allWaitersFailWhenPoolCloses() {
            capacity.tryAcquirePermit(slot);
            capacity.tryAcquirePermit(other);
            TestWaiter one = waiter(slot, 0, 0);
            TestWaiter two = freshWaiter(other, 0);
            capacity.close();
            assertThat(one.events).containsExactly(EndCause.SHUTDOWN);
            assertThat(two.events).containsExactly(EndCause.SHUTDOWN);
            assertThat(capacity.enqueue(new TestWaiter(slot, 0, false, 0), true))
                    .isEqualTo(EnqueueResult.CLOSED);
            assertThat(capacity.tryAcquirePermit(slot)).isFalse();
        }

        /** A link requested for one waiter may serve another, which leaves the other's link for the first. */
        @Test
        void queueHeadsRetryInPlaceOfServedWaiter() {
            capacity.tryAcquirePermit(slot);
            TestWaiter served = waiter(slot, 0, 0);
            TestWaiter left = waiter(slot, 1, 1);
            capacity.assignFreed(slot, 0, true);
            capacity.retryLater(served);
            assertThat(left.events).containsExactly("retry");
        }
    }
}
