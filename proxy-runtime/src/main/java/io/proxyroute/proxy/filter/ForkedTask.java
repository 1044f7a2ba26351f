package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.Fork;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** A fork: its task and its result. */
final class ForkedTask<T> implements Fork<T>, Task.Work {

    private final ChainRun run;
    private final Chain.Step step;
    private final String site;
    private final Task task;
    private final ScopedValue.Carrier scope;
    private final Callable<T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** Written and read by the fork's thread. */
    private Runnable conclusion;

    ForkedTask(ChainRun run, Chain.Step step, String name, String site, ScopedValue.Carrier scope, Callable<T> work) {
        this.run = run;
        this.step = step;
        this.site = site;
        this.scope = scope;
        this.work = work;
        this.task = new Task(
                run.tasks(),
                run.loop(),
                "fork " + name + " of filter " + step.name(),
                step.instance().loader(),
                this);
    }

    @Override
    public void run() {
        scope.run(() -> {
            try {
                T value = work.call();
                conclusion = () -> result.complete(value);
            } catch (Throwable t) {
                conclusion = () -> result.completeExceptionally(t);
            }
        });
    }

    /** Whoever joins goes on only now: were it earlier, the exchange might end before the loop knew of the fork's end. */
    @Override
    public void told() {
        conclusion.run();
    }

    @Override
    public void ended() {
        step.instance().release();
        run.taskEnded();
    }

    void start() {
        if (run.tasks().full()) {
            throw new IllegalStateException("too many tasks of filters are running");
        }
        try {
            run.loop().execute(() -> {
                task.enteredAs(run.record().track(ResourceKind.TASK, step.name(), site, null, task));
                run.taskBegan();
            });
        } catch (RejectedExecutionException e) {
            throw new ExchangeEndedException("the proxy has ended");
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
