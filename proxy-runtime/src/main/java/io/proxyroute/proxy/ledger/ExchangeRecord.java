package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The resources that one exchange owns. Opened with the exchange and closed by {@link #end}, however the exchange ends.
 * Confined to the exchange's event loop: filter threads use {@code loop.execute}.
 *
 * <p>At the end every resource is revoked and released immediately, with one exception: memory that a filter's task may
 * still read is revoked, quarantined, and freed when the record's last task has ended.
 */
public final class ExchangeRecord {

    final LoopLedger ledger;

    /** Null after the end of an exchange with filters, so that a leaked handle does not keep the exchange alive. */
    private TrackedExchange exchange;

    private String lastTraceId;
    private boolean filtered;
    ExchangeRecord previous;
    ExchangeRecord next;
    private OwnedResource first;
    private OwnedResource last;
    private int tasks;
    private EndCause cause;
    private boolean ending;
    /** The next resource to release at the end; advances if releasing another resource releases this one too. */
    private OwnedResource nextToRelease;

    ExchangeRecord(LoopLedger ledger, TrackedExchange exchange) {
        this.ledger = ledger;
        this.exchange = exchange;
    }

    /** Tracks a resource that the proxy acquired. */
    public OwnedResource track(ResourceKind kind, String backend, Releasable resource) {
        return add(new OwnedResource(this, kind, null, null, backend, false, resource));
    }

    /**
     * Tracks a resource that a filter obtained. If it is not released when the exchange ends, although the filter's
     * call has returned, it is a leak at this site. If the exchange has already ended, the resource is released before
     * this method returns.
     *
     * @param kind {@link ResourceKind#TASK} for a fork
     * @param filter the filter's name
     * @param site class, method and line that obtained the resource
     * @param backend the backend it belongs to, or null
     */
    public OwnedResource track(ResourceKind kind, String filter, String site, String backend, Releasable resource) {
        filtered = true;
        return add(new OwnedResource(
                this, kind, Objects.requireNonNull(filter), Objects.requireNonNull(site), backend, false, resource));
    }

    /**
     * Tracks a filter's call as a task. The caller must release it when the call has returned.
     *
     * @param interrupt its {@code revoke} interrupts the call
     */
    public OwnedResource trackCall(String filter, Releasable interrupt) {
        filtered = true;
        return add(new OwnedResource(
                this, ResourceKind.TASK, Objects.requireNonNull(filter), null, null, true, interrupt));
    }

    private OwnedResource add(OwnedResource resource) {
        resource.previous = last;
        if (last == null) {
            first = resource;
        } else {
            last.next = resource;
        }
        last = resource;
        if (resource.kind == ResourceKind.TASK) {
            tasks++;
        }
        resource.countAcquired();
        if (cause != null) {
            resource.revoke();
            releaseOrQuarantine(resource);
        }
        return resource;
    }

    /** Whether the exchange has ended. */
    public boolean hasEnded() {
        return cause != null;
    }

    /** Why it ended; null before. */
    public EndCause cause() {
        return cause;
    }

    /** Trace id of the exchange. */
    public String traceId() {
        return exchange == null ? lastTraceId : exchange.traceId();
    }

    /** Closes the record and releases what it owns. Only the first call has an effect. */
    public void end(EndCause why) {
        if (cause != null) {
            return;
        }
        cause = why;
        ending = true;
        ledger.remove(this);
        List<String> interrupted = abortWaits();
        for (OwnedResource resource = first; resource != null; resource = nextToRelease) {
            nextToRelease = resource.next;
            try {
                if (resource.filter == null) {
                    resource.finish();
                } else {
                    reclaim(resource, interrupted);
                }
            } catch (Throwable t) {
                ledger.failed(resource, t); // the others must still be released
            }
        }
        ending = false;
        if (filtered) {
            lastTraceId = exchange.traceId();
            exchange = null;
        }
        freeQuarantine();
    }

    /**
     * Ends timers and pending acquires first: a connection released before them would go to this exchange's own
     * acquire.
     *
     * @return the filters whose calls are running
     */
    private List<String> abortWaits() {
        List<String> running = filtered ? new ArrayList<>() : List.of();
        for (OwnedResource resource = first; resource != null; resource = nextToRelease) {
            nextToRelease = resource.next;
            if (resource.isCall) {
                running.add(resource.filter);
            } else if (resource.filter == null && resource.kind == ResourceKind.CLOSEABLE) {
                try {
                    resource.finish();
                } catch (Throwable t) {
                    ledger.failed(resource, t);
                }
            }
        }
        return running;
    }

    private void reclaim(OwnedResource resource, List<String> interrupted) {
        // An interrupted call could not close its resources, so they are not leaks.
        boolean leak = !resource.isCall && !interrupted.contains(resource.filter);
        if (leak) {
            ledger.leaked(resource, exchange.traceId());
        }
        resource.revoke();
        releaseOrQuarantine(resource);
    }

    private void releaseOrQuarantine(OwnedResource resource) {
        if (resource.kind == ResourceKind.TASK || resource.isReleased()) {
            return; // its runner releases it when it has ended
        }
        if (resource.kind == ResourceKind.BUFFER && tasks > 0) {
            resource.quarantine();
            return;
        }
        resource.finish();
        ledger.reclaimed(resource);
    }

    /** Called after a user released a resource; the end of the last task frees quarantined memory. */
    void released(ResourceKind kind) {
        if (cause != null && !ending && kind == ResourceKind.TASK) {
            freeQuarantine();
        }
    }

    private void freeQuarantine() {
        while (tasks == 0 && first != null) {
            OwnedResource resource = first;
            resource.finish();
            ledger.reclaimed(resource);
        }
    }

    void remove(OwnedResource resource) {
        if (resource == nextToRelease) {
            nextToRelease = resource.next;
        }
        if (resource.previous == null) {
            first = resource.next;
        } else {
            resource.previous.next = resource.next;
        }
        if (resource.next == null) {
            last = resource.previous;
        } else {
            resource.next.previous = resource.previous;
        }
        resource.previous = null;
        resource.next = null;
        if (resource.kind == ResourceKind.TASK) {
            tasks--;
        }
    }

    TrackedExchange exchange() {
        return exchange;
    }

    List<String> describeResources() {
        List<String> descriptions = new ArrayList<>();
        for (OwnedResource resource = first; resource != null; resource = resource.next) {
            descriptions.add(resource.toString());
        }
        return descriptions;
    }
}
