package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import java.util.Locale;

/** A resource in an exchange's record. Confined to the record's event loop. */
public final class OwnedResource {

    final ExchangeRecord record;
    final ResourceKind kind;
    final String filter;
    final String site;
    final String backend;
    final boolean isCall;
    private final Releasable releasable;
    OwnedResource previous;
    OwnedResource next;
    boolean leaked;
    private State state = State.HELD;

    private enum State {
        HELD,
        QUARANTINED,
        RELEASED
    }

    OwnedResource(
            ExchangeRecord record,
            ResourceKind kind,
            String filter,
            String site,
            String backend,
            boolean isCall,
            Releasable releasable) {
        this.record = record;
        this.kind = kind;
        this.filter = filter;
        this.site = site;
        this.backend = backend;
        this.isCall = isCall;
        this.releasable = releasable;
    }

    /**
     * Releases the resource: its user closed it, or the task ended. Idempotent, since the end of the exchange may have
     * reclaimed it already.
     */
    public void release() {
        if (state != State.RELEASED) {
            finish();
            if (leaked && kind == ResourceKind.TASK) {
                record.ledger.reclaimed(this); // the task ended after its interrupt
            }
            record.released(kind);
        }
    }

    /** Whether it has been released. */
    public boolean isReleased() {
        return state == State.RELEASED;
    }

    void revoke() {
        releasable.revoke();
    }

    void quarantine() {
        state = State.QUARANTINED;
        record.ledger.add(LoopLedger.QUARANTINED_BYTES, releasable.bytes());
    }

    /** Idempotent: releasing one resource may release another. */
    void finish() {
        if (state == State.RELEASED) {
            return;
        }
        record.remove(this);
        if (state == State.QUARANTINED) {
            record.ledger.add(LoopLedger.QUARANTINED_BYTES, -releasable.bytes());
        }
        state = State.RELEASED;
        record.ledger.count(kind, -1, -releasable.bytes());
        releasable.release();
    }

    void countAcquired() {
        record.ledger.count(kind, 1, releasable.bytes());
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String obtainedAt = site == null ? "" : " at " + site;
        String owner = filter == null ? "" : " of filter " + filter;
        return name + (backend == null ? "" : " to " + backend) + owner + obtainedAt;
    }
}
