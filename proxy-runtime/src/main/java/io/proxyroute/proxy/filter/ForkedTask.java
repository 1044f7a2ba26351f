package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.Fork;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** A fork: its task and its result. */
final class ForkedTask<T> implements Fork<T> {

    private final ChainRun run;
    private final Chain.Step step;
    private final String site;
    private final Task task;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    ForkedTask(ChainRun run, Chain.Step step, String name, String site, ScopedValue.Carrier scope, Callable<T> work) {
        this.run = run;
        this.step = step;
        this.site = site;
        this.task = new Task(
                run.tasks(),
                run.loop(),
                "fork " + name + " of filter " + step.name(),
                step.instance().loader(),
                () -> scope.run(() -> work(work)),
                step.instance()::release);
    }

    private void work(Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Throwable t) {
            result.completeExceptionally(t);
        }
    }

    void start() {
        if (run.tasks().full()) {
            throw new IllegalStateException("too many tasks of filters are running");
        }
        try {
            run.loop()
                    .execute(() -> task.enteredAs(run.record().own(ResourceKind.TASK, step.name(), site, null, task)));
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
