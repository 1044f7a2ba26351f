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
 * The context of one call, used by the filter's threads. It refers to the exchange through its scope only, which drops it
 * at the end: a filter that keeps a context keeps neither connections nor memory of the proxy.
 */
final class CallContext implements FilterContext {

    private static final int MAX_BUFFER = 16 << 20;
    private static final Duration NO_DEADLINE = Duration.ofDays(365);

    private final ExchangeScope scope;
    private final FilterStep step;
    private final RequestHead head;
    private final CallBody body;
    private final AtomicBoolean bodyTaken = new AtomicBoolean();

    CallContext(ExchangeScope scope, FilterStep step, RequestHead head, CallBody body) {
        this.scope = scope;
        this.step = step;
        this.head = head;
        this.body = body;
    }

    private ExchangeScope.Details details() {
        checkOpen();
        return scope.details();
    }

    private void checkOpen() {
        if (scope.hasEnded()) {
            throw new ExchangeEndedException(
                    "the exchange has ended; the context of filter " + step.name() + " can no longer be used");
        }
    }

    @Override
    public RequestHead request() {
        checkOpen();
        return head;
    }

    @Override
    public String route() {
        return details().route();
    }

    @Override
    public String traceId() {
        return details().traceId();
    }

    @Override
    public List<String> backends() {
        return details().backends();
    }

    @Override
    public Duration remaining() {
        long deadline = details().deadlineNanos();
        return deadline == Long.MAX_VALUE
                ? NO_DEADLINE
                : Duration.ofNanos(Math.max(0, deadline - scope.loop().ticker().nanoTime()));
    }

    @Override
    public InputStream body() {
        checkOpen();
        if (!bodyTaken.compareAndSet(false, true)) {
            throw new IllegalStateException("body() was called before; call it once and pass the stream on");
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
        checkOpen();
        PendingLease pending = scope.acquire(kind, step, site(), backend);
        boolean granted = false;
        try {
            FilterLease lease = pending.await();
            granted = true;
            return lease;
        } finally {
            if (!granted) {
                onLoop(pending::cancel);
            }
        }
    }

    @Override
    public FilterBuffer allocate(int capacity) {
        checkOpen();
        if (capacity < 1 || capacity > MAX_BUFFER) {
            throw new IllegalArgumentException("capacity is " + capacity + "; use 1 to " + MAX_BUFFER + " bytes");
        }
        if (scope.services().ledger().isQuarantineFull()) {
            throw new IllegalStateException(
                    "no buffer available: too much memory is in quarantine for filter tasks that outlived their"
                            + " exchange; end tasks when they are interrupted");
        }
        String site = site();
        PooledFilterBuffer buffer = new PooledFilterBuffer(scope.services().memory(), capacity, scope.loop());
        try {
            onLoop(() ->
                    buffer.setLedgerEntry(scope.record().track(ResourceKind.BUFFER, step.name(), site, null, buffer)));
        } catch (ExchangeEndedException e) {
            buffer.release();
            throw e;
        }
        return buffer;
    }

    @Override
    public <T> Fork<T> fork(String name, Callable<T> work) {
        checkOpen();
        ForkedTask<T> fork = new ForkedTask<>(scope, step, name, site(), ScopedValue.where(CURRENT, this), work);
        fork.start();
        return fork;
    }

    @Override
    public void closeOnEnd(AutoCloseable resource) {
        checkOpen();
        EndCloseable closer = new EndCloseable(resource, step, scope);
        try {
            onLoop(() -> scope.record().track(ResourceKind.CLOSEABLE, null, closer));
        } catch (ExchangeEndedException e) {
            closer.discard();
            throw e;
        }
    }

    private String site() {
        return CallSite.of(step.instance().loader());
    }

    private void onLoop(Runnable action) {
        try {
            scope.loop().execute(action);
        } catch (RejectedExecutionException e) {
            throw new ExchangeEndedException("the proxy has stopped");
        }
    }
}
