package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.pool.BackendQueue.Waiter;

/** What to do with a link that becomes free while acquires wait. */
sealed interface FreedLink {

    /** Lend it to this waiter, on the same event loop. */
    record HandOver(Waiter waiter) implements FreedLink {}

    /** Move it to the event loop of this waiter, and lend it there. */
    record Move(Waiter waiter) implements FreedLink {}

    /**
     * Close it, because a waiter needs its permit.
     *
     * @param forOtherBackend whether that waiter belongs to another backend
     */
    record Close(boolean forOtherBackend) implements FreedLink {}

    /** Keep it idle: no waiter can use it. */
    record Keep() implements FreedLink {}
}
