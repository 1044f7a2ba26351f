package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.BackendLease;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.FilterBuffer;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.Fork;
import io.proxyroute.filter.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One call's context. It holds on to the exchange through its run only, which lets go of it at the end: a filter that
 * keeps a context keeps neither connections nor memory of the proxy.
 */
final class CallContext implements FilterContext {

    private static final int MAX_BUFFER = 16 << 20;
    private static final Duration NO_DEADLINE = Duration.ofDays(365);

    private final ChainRun run;
    private final Chain.Step step;
    private final RequestHead head;
    private final CallBody body;
    private final AtomicBoolean bodyTaken = new AtomicBoolean();

    CallContext(ChainRun run, Chain.Step step, RequestHead head, CallBody body) {
        this.run = run;
        this.step = step;
        this.head = head;
        this.body = body;
    }

    private ChainRun.Facts facts() {
        if (run.over()) {
            throw new ExchangeEndedException(
                    "the exchange is over; the context of filter " + step.name() + " cannot be used any more");
        }
        return run.facts();
    }

    @Override
    public RequestHead request() {
        facts();
        return head;
    }

    @Override
    public String route() {
        return facts().route();
    }

    @Override
    public String traceId() {
        return facts().traceId();
    }

    @Override
    public List<String> backends() {
        return facts().backends();
    }

    @Override
    public Duration remaining() {
        long deadline = facts().deadlineNanos();
        return deadline == Long.MAX_VALUE
                ? NO_DEADLINE
                : Duration.ofNanos(Math.max(0, deadline - run.loop().ticker().nanoTime()));
    }

    @Override
    public InputStream body() {
        facts();
        if (!bodyTaken.compareAndSet(false, true)) {
            throw new IllegalStateException("body() may be called once");
        }
        return body;
    }

    @Override
    public BackendResponse send(String backend, BackendRequest request) throws IOException, InterruptedException {
        FilterLease lease = lease(ResourceKind.RESPONSE_BODY, backend);
        return lease.sendOnce(request);
    }

    @Override
    public BackendLease acquire(String backend) throws IOException, InterruptedException {
        return lease(ResourceKind.LEASE, backend);
    }

    private FilterLease lease(ResourceKind kind, String backend) throws IOException, InterruptedException {
        facts();
        PendingLease pending = run.acquire(kind, step, site(), backend);
        boolean granted = false;
        try {
            FilterLease lease = pending.await();
            granted = true;
            return lease;
        } finally {
            if (!granted) {
                onLoop(pending::giveUp);
            }
        }
    }

    @Override
    public FilterBuffer allocate(int capacity) {
        facts();
        if (capacity < 1 || capacity > MAX_BUFFER) {
            throw new IllegalArgumentException(
                    "capacity is " + capacity + ", but must be 1 to " + MAX_BUFFER + " bytes");
        }
        if (run.quarantineFull()) {
            throw new IllegalStateException(
                    "no buffers now: too much memory is held back by tasks that outlived their" + " exchange");
        }
        String site = site();
        PooledFilterBuffer buffer = new PooledFilterBuffer(run.runtime().memory(), capacity, run.loop());
        try {
            onLoop(() -> buffer.enteredAs(run.record().track(ResourceKind.BUFFER, step.name(), site, null, buffer)));
        } catch (ExchangeEndedException e) {
            buffer.release();
            throw e;
        }
        return buffer;
    }

    @Override
    public <T> Fork<T> fork(String name, Callable<T> work) {
        facts();
        ForkedTask<T> fork = new ForkedTask<>(run, step, name, site(), ScopedValue.where(CURRENT, this), work);
        fork.start();
        return fork;
    }

    @Override
    public void closeOnEnd(AutoCloseable resource) {
        facts();
        EndCloser closer = new EndCloser(resource, step, run);
        try {
            onLoop(() -> run.record().track(ResourceKind.CLOSEABLE, null, closer));
        } catch (ExchangeEndedException e) {
            closer.forget();
            throw e;
        }
    }

    private String site() {
        return Site.of(step.instance().loader());
    }

    private void onLoop(Runnable action) {
        try {
            run.loop().execute(action);
        } catch (RejectedExecutionException e) {
            throw new ExchangeEndedException("the proxy has ended");
        }
    }
}
