package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.pool.AcquireListener;
import io.proxyroute.proxy.pool.AcquireOptions;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.PendingAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * A filter's request for a lease: the filter's thread waits while the loop asks the pool. The ledger tracks the request
 * while it waits, and the lease once it is granted, then with the line of the filter that asked. Confined to the loop,
 * except for {@link #await}.
 */
final class PendingLease implements AcquireListener {

    private final ResourceKind kind;
    private final String filter;
    private final String site;
    private final String backend;
    private final Function<Lease, FilterLease> wrap;
    private final CompletableFuture<FilterLease> granted = new CompletableFuture<>();

    private ExchangeRecord record;
    private OwnedResource trackedAcquire;
    private OwnedResource trackedLease;
    private boolean done;

    PendingLease(ResourceKind kind, String filter, String site, String backend, Function<Lease, FilterLease> wrap) {
        this.kind = kind;
        this.filter = filter;
        this.site = site;
        this.backend = backend;
        this.wrap = wrap;
    }

    /** Asks the pool for a lease. */
    void acquireFrom(BackendPool pool, FilterExchange exchange) {
        record = exchange.record();
        PendingAcquire acquire = pool.acquire(exchange.loop(), exchange.deadlineNanos(), AcquireOptions.ANY, this);
        if (!done) {
            trackedAcquire = record.track(ResourceKind.CLOSEABLE, backend, acquire);
        }
    }

    /** Fails the request, because the exchange has ended. */
    void exchangeEnded() {
        granted.completeExceptionally(
                new ExchangeEndedException("the exchange has ended; it can acquire no connections"));
    }

    @Override
    public void acquired(Lease lease) {
        finish();
        if (record.hasEnded()) {
            lease.close();
            exchangeEnded();
            return;
        }
        lease.setHolder("filter " + filter + " at " + site);
        FilterLease filterLease = wrap.apply(lease);
        trackedLease = record.track(kind, filter, site, backend, filterLease);
        filterLease.setLedgerEntry(trackedLease);
        granted.complete(filterLease);
    }

    @Override
    public void failed(EndCause cause) {
        finish();
        granted.completeExceptionally(new IOException(backend + ": " + cause.message()));
    }

    private void finish() {
        done = true;
        if (trackedAcquire != null) {
            trackedAcquire.release();
        }
    }

    /** The filter's thread has stopped waiting: withdraws the request, or closes the lease if it was granted. */
    void cancel() {
        if (trackedLease != null) {
            trackedLease.release();
        } else if (!done) {
            finish();
        }
    }

    /**
     * Waits for the lease. Called by the filter's thread. If this throws, the caller must queue {@link #cancel} on the loop.
     */
    FilterLease await() throws IOException, InterruptedException {
        try {
            return granted.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ExchangeEndedException ended -> throw ended;
                case Throwable failure -> throw new IOException(failure.getMessage(), failure);
            }
        }
    }
}
