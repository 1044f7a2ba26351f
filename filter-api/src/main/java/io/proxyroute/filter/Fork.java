package io.proxyroute.filter;

import java.util.concurrent.ExecutionException;

/** A task that runs beside the filter, within the exchange. */
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
