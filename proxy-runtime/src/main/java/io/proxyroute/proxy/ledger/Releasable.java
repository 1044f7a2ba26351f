package io.proxyroute.proxy.ledger;

/** A resource that a record can own. All methods are called on the record's event loop. */
@FunctionalInterface
public interface Releasable {

    /** Releases the resource. Called exactly once, after {@link #revoke()} if that is called at all. Must not throw. */
    void release();

    /**
     * Makes every later use fail. Called when the exchange ends while a filter's task may still use the resource;
     * {@link #release()} follows when that task has ended. Revoking a task interrupts it. Must not throw or block.
     */
    default void revoke() {}

    /** Its memory, in bytes. */
    default long bytes() {
        return 0;
    }
}
