package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.ledger.Releasable;

/** A wish for a connection that has not been granted yet. Confined to the loop that asked. */
public interface Acquire extends Releasable {

    /** Gives it up: the listener is not called any more. Without effect once it was. */
    void abort();

    /** Aborts. */
    @Override
    default void release() {
        abort();
    }
}
