package io.proxyroute.proxy.filter;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One exchange, as its filters' calls, forks and resources reach it. Drops its reference to the exchange when that ends,
 * so a filter that keeps a context does not retain the exchange.
 *
 * <p>Confined to the exchange's loop, except for {@link #hasEnded}, {@link #details}, {@link #acquire} and the accessors
 * of final fields, which filter threads call too.
 */
final class ExchangeScope {

    private final FilterServices services;
    private final Map<String, Backend> backends;
    private final EventLoop loop;
    private final ExchangeRecord record;
    private final Details details;

    /** Null once the exchange has ended. */
    private volatile FilterExchange exchange;

    /** Calls and forks that have not ended; they may outlive the exchange. */
    private int runningTasks;

    /** Run when the last task has ended; null while nothing waits for that. */
    private List<Runnable> closers;

    /** What filter threads may read of the exchange, which itself is confined to its loop. */
    record Details(String route, String traceId, List<String> backends, long deadlineNanos) {}

    ExchangeScope(FilterServices services, Map<String, Backend> backends, FilterExchange exchange) {
        this.services = services;
        this.backends = backends;
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.record = exchange.record();
        this.details = new Details(exchange.route(), exchange.traceId(), exchange.backends(), exchange.deadlineNanos());
    }

    /** The exchange; null once it has ended. */
    FilterExchange exchange() {
        return exchange;
    }

    boolean hasEnded() {
        return exchange == null;
    }

    /** Drops the exchange. */
    void end() {
        exchange = null;
    }

    Details details() {
        return details;
    }

    EventLoop loop() {
        return loop;
    }

    ExchangeRecord record() {
        return record;
    }

    FilterServices services() {
        return services;
    }

    TaskCounter tasks() {
        return services.tasks();
    }

    /** A call or fork has started. */
    void taskStarted() {
        runningTasks++;
    }

    /** A call or fork has ended. */
    void taskEnded() {
        runningTasks--;
        if (runningTasks == 0) {
            runClosers();
        }
    }

    /**
     * Runs a closer when no task can use its resource any longer: immediately if none is running, otherwise when the
     * last one has ended, and after the grace period at the latest. A task that ignores its interrupt may be waiting
     * for this very close.
     */
    void closeAfterTasks(Runnable closer) {
        if (runningTasks == 0) {
            closer.run();
            return;
        }
        if (closers == null) {
            closers = new ArrayList<>();
            loop.schedule(this::runClosers, tasks().grace().toNanos(), TimeUnit.NANOSECONDS);
        }
        closers.add(closer);
    }

    private void runClosers() {
        if (closers != null) {
            closers.forEach(Runnable::run);
            closers = null;
        }
    }

    /**
     * Asks a backend's pool for a connection. Called by filter threads.
     *
     * @throws IOException the route has no such backend; the message is for the filter's author
     */
    PendingLease acquire(ResourceKind kind, FilterStep step, String site, String backendId) throws IOException {
        Backend backend = backends.get(backendId);
        BackendPool pool = backend == null ? null : services.pools().backend(backendId);
        if (pool == null) {
            throw new IOException("the route has no backend " + backendId + "; use one of "
                    + backends.keySet().stream().sorted().toList());
        }
        PendingLease pending = new PendingLease(kind, step.name(), site, backendId, lease -> wrap(lease, backend));
        try {
            loop.execute(() -> {
                if (exchange == null) {
                    pending.exchangeEnded();
                } else {
                    pending.acquireFrom(pool, exchange);
                }
            });
        } catch (RejectedExecutionException e) {
            pending.exchangeEnded();
        }
        return pending;
    }

    private FilterLease wrap(Lease lease, Backend backend) {
        String traceparent = exchange.childTraceparent();
        return new FilterLease(lease, request -> OutgoingHeaders.request(request, backend, traceparent));
    }
}
