package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.pool.BackendQueue.Waiter;

/** What becomes of a link that is free while acquires wait. */
sealed interface FreedLink {

    /** It is lent to this waiter of its own event loop. */
    record HandOver(Waiter waiter) implements FreedLink {}

    /** It moves to the event loop of this waiter, and is lent there. */
    record Move(Waiter waiter) implements FreedLink {}

    /**
     * It closes, because a waiter needs its permit.
     *
     * @param forOtherBackend whether that one waits for another backend
     */
    record Close(boolean forOtherBackend) implements FreedLink {}

    /** It stays idle: it can help no waiter. */
    record Keep() implements FreedLink {}
}
