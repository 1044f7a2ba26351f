package io.proxyroute.filter;

import java.util.concurrent.ExecutionException;

/** A task that runs concurrently with the filter, within the same exchange. */
public interface Fork<T> {

    /**
     * Waits for the result.
     *
     * @throws ExecutionException the task failed
     */
    T join() throws InterruptedException, ExecutionException;

    /** Interrupts the task. */
    void cancel();
}
