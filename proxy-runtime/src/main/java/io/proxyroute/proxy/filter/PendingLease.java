package io.proxyroute.proxy.filter;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.pool.AcquireListener;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.PendingAcquire;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * A lease that a filter has asked for: its thread waits while the loop asks the pool. Entered in the ledger while it waits,
 * and again, with the filter's site, when it is granted. Confined to the loop, {@link #await} excepted.
 */
final class PendingLease implements AcquireListener {

    private final ResourceKind kind;
    private final String filter;
    private final String site;
    private final String backend;
    private final Function<Lease, FilterLease> wrap;
    private final CompletableFuture<FilterLease> granted = new CompletableFuture<>();

    private ExchangeRecord record;
    private OwnedResource waiting;
    private OwnedResource holding;
    private boolean settled;

    PendingLease(ResourceKind kind, String filter, String site, String backend, Function<Lease, FilterLease> wrap) {
        this.kind = kind;
        this.filter = filter;
        this.site = site;
        this.backend = backend;
        this.wrap = wrap;
    }

    /** Asks the pool. */
    void ask(FilterExchange exchange, BackendPool pool) {
        record = exchange.record();
        PendingAcquire acquire = pool.acquire(exchange.loop(), exchange.deadlineNanos(), this);
        if (!settled) {
            waiting = record.track(ResourceKind.CLOSEABLE, backend, acquire);
        }
    }

    /** The exchange was over before the pool was asked. */
    void tooLate() {
        granted.completeExceptionally(new ExchangeEndedException("the exchange is over; it gets no connections"));
    }

    @Override
    public void acquired(Lease lease) {
        settle();
        if (record.ended()) {
            lease.close();
            tooLate();
            return;
        }
        lease.heldBy("filter " + filter + " at " + site);
        FilterLease mine = wrap.apply(lease);
        holding = record.track(kind, filter, site, backend, mine);
        mine.enteredAs(holding);
        granted.complete(mine);
    }

    @Override
    public void failed(EndCause cause) {
        settle();
        granted.completeExceptionally(new IOException(backend + ": " + cause.message()));
    }

    private void settle() {
        settled = true;
        if (waiting != null) {
            waiting.release();
        }
    }

    /** The filter's thread does not wait any more. */
    void giveUp() {
        if (holding != null) {
            holding.release();
        } else if (!settled) {
            settle();
        }
    }

    /** Waits. Called by the filter's thread, which has {@link #giveUp} called when this throws. */
    FilterLease await() throws IOException, InterruptedException {
        try {
            return granted.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ExchangeEndedException over -> throw over;
                case Throwable failure -> throw new IOException(failure.getMessage(), failure);
            }
        }
    }
}
