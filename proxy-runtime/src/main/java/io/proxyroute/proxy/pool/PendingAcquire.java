package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.ledger.Releasable;

/** An acquire whose outcome is open. Entered in the exchange's record. Confined to the event loop of the acquire. */
public interface PendingAcquire extends Releasable {

    /** Cancels: the listener is no longer called. Has no effect after the outcome. */
    void abort();

    /** Aborts. */
    @Override
    default void release() {
        abort();
    }
}
