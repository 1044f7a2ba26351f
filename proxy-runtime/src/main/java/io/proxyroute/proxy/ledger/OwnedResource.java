package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;

/** One thing that a record owns. Confined to the record's event loop. */
public final class OwnedResource {

    final ExchangeRecord record;
    final ResourceKind kind;
    final String filter;
    final String site;
    final String backend;
    final boolean call;
    private final Releasable thing;
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
            boolean call,
            Releasable thing) {
        this.record = record;
        this.kind = kind;
        this.filter = filter;
        this.site = site;
        this.backend = backend;
        this.call = call;
        this.thing = thing;
    }

    /**
     * Gives the thing back in good order: its user closed it, or the task ended. Without effect the second time, so that
     * a user may close what the end of the exchange has taken back already.
     */
    public void release() {
        if (state != State.RELEASED) {
            finish();
            if (leaked && kind == ResourceKind.TASK) {
                record.ledger.reclaimed(this); // it answered the interrupt
            }
            record.taskMayHaveEnded(kind);
        }
    }

    /** Whether it was given back. */
    public boolean released() {
        return state == State.RELEASED;
    }

    void revoke() {
        thing.revoke();
    }

    void quarantine() {
        state = State.QUARANTINED;
        record.ledger.add(LoopLedger.QUARANTINED_BYTES, thing.bytes());
    }

    /** Without effect the second time: the release of one thing may lead to that of another. */
    void finish() {
        if (state == State.RELEASED) {
            return;
        }
        record.remove(this);
        if (state == State.QUARANTINED) {
            record.ledger.add(LoopLedger.QUARANTINED_BYTES, -thing.bytes());
        }
        state = State.RELEASED;
        record.ledger.count(kind, -1, -thing.bytes());
        thing.release();
    }

    void counted() {
        record.ledger.count(kind, 1, thing.bytes());
    }

    @Override
    public String toString() {
        String words = kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        String where = site == null ? "" : " at " + site;
        String whose = filter == null ? "" : " of filter " + filter;
        return words + (backend == null ? "" : " to " + backend) + whose + where;
    }
}
