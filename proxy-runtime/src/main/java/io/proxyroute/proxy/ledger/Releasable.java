package io.proxyroute.proxy.ledger;

/** Something that a record owns. All methods are called on the record's event loop. */
@FunctionalInterface
public interface Releasable {

    /** Gives it back. Called exactly once, and after {@link #revoke()} where that was called. Must not throw. */
    void release();

    /**
     * Cuts its user off: every later use fails. Called when the exchange ends while a filter's task may still use it;
     * {@link #release()} follows when that task has ended. For a task it means: interrupt. Must not throw or block.
     */
    default void revoke() {}

    /** Memory held, in bytes. */
    default long bytes() {
        return 0;
    }
}
