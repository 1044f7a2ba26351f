package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.Fork;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * A fork of a filter's call: its task and its result. Started and joined by filter threads, tracked on the exchange's
 * loop. Keeps the filter's instance in use until it has ended.
 */
final class ForkedTask<T> implements Fork<T>, FilterTask.Work {

    private final ExchangeScope scope;
    private final FilterStep step;
    private final String site;
    private final FilterTask task;
    private final ScopedValue.Carrier scopedValues;
    private final Callable<T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** Completes the result. Confined to the fork's thread. */
    private Runnable completion;

    ForkedTask(
            ExchangeScope scope,
            FilterStep step,
            String name,
            String site,
            ScopedValue.Carrier scopedValues,
            Callable<T> work) {
        this.scope = scope;
        this.step = step;
        this.site = site;
        this.scopedValues = scopedValues;
        this.work = work;
        this.task = new FilterTask(
                scope.tasks(),
                scope.loop(),
                "fork " + name + " of filter " + step.name(),
                step.instance().loader(),
                this);
    }

    @Override
    public void run() {
        scopedValues.run(() -> {
            try {
                T value = work.call();
                completion = () -> result.complete(value);
            } catch (Throwable t) {
                completion = () -> result.completeExceptionally(t);
            }
        });
    }

    /**
     * Lets {@link #join} return, and not earlier: the filter could otherwise return, and the exchange end, before the
     * loop has seen this fork's end.
     */
    @Override
    public void endQueued() {
        completion.run();
    }

    @Override
    public void ended() {
        step.instance().release();
        scope.taskEnded();
    }

    /**
     * Starts the fork. Called by a filter thread, once.
     *
     * @throws IllegalStateException too many filter tasks are running in this process
     */
    void start() {
        if (scope.tasks().isFull()) {
            throw new IllegalStateException(
                    "too many filter tasks are running in this proxy; fork less, or bound each fork's time");
        }
        try {
            scope.loop().execute(() -> {
                task.setLedgerEntry(scope.record().track(ResourceKind.TASK, step.name(), site, null, task));
                scope.taskStarted();
            });
        } catch (RejectedExecutionException e) {
            throw new ExchangeEndedException("the proxy has stopped");
        }
        step.instance().retain();
        task.start();
    }

    @Override
    public T join() throws InterruptedException, ExecutionException {
        return result.get();
    }

    @Override
    public void cancel() {
        task.interrupt();
    }
}
