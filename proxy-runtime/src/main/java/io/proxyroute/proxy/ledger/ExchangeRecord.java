package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one exchange owns. Opened with the exchange and closed by {@link #end}, however the exchange ends; nothing else
 * releases on its behalf. Confined to the exchange's event loop: threads of filters hand over with {@code loop.execute}.
 *
 * <p>At the end everything is revoked and released at once, with one exception: memory that a filter's task may still
 * see is revoked, kept in quarantine, and freed when the record's last task has ended.
 */
public final class ExchangeRecord {

    final LoopLedger ledger;

    /** Let go of at the end of an exchange with filters: whatever a filter keeps must not keep the exchange. */
    private Subject subject;

    private String lastTraceId;
    private boolean filtered;
    ExchangeRecord previous;
    ExchangeRecord next;
    private OwnedResource first;
    private OwnedResource last;
    private int tasks;
    private EndCause cause;
    private boolean ending;
    /** Where the walk at the end goes on: moves along when that one is released by the release of another. */
    private OwnedResource following;

    ExchangeRecord(LoopLedger ledger, Subject subject) {
        this.ledger = ledger;
        this.subject = subject;
    }

    /** Enters something of the proxy's own. */
    public OwnedResource track(ResourceKind kind, String backend, Releasable thing) {
        return enter(new OwnedResource(this, kind, null, null, backend, false, thing));
    }

    /**
     * Enters something that a filter obtained. What is still held when the exchange ends, although the filter's call has
     * returned, is a leak of that site. Where the exchange is over already the thing is released before this returns.
     *
     * @param kind {@link ResourceKind#TASK} for a fork
     * @param filter the filter's name
     * @param site class, method and line that obtained it
     * @param backend the backend concerned, or null
     */
    public OwnedResource track(ResourceKind kind, String filter, String site, String backend, Releasable thing) {
        filtered = true;
        return enter(new OwnedResource(
                this, kind, Objects.requireNonNull(filter), Objects.requireNonNull(site), backend, false, thing));
    }

    /**
     * Enters a filter's call, as a task. Its holding is released when the call has returned.
     *
     * @param interrupt its {@code revoke} interrupts the call
     */
    public OwnedResource call(String filter, Releasable interrupt) {
        filtered = true;
        return enter(new OwnedResource(
                this, ResourceKind.TASK, Objects.requireNonNull(filter), null, null, true, interrupt));
    }

    private OwnedResource enter(OwnedResource holding) {
        holding.previous = last;
        if (last == null) {
            first = holding;
        } else {
            last.next = holding;
        }
        last = holding;
        if (holding.kind == ResourceKind.TASK) {
            tasks++;
        }
        holding.counted();
        if (cause != null) {
            holding.revoke();
            releaseOrQuarantine(holding);
        }
        return holding;
    }

    /** Whether the exchange has ended. */
    public boolean ended() {
        return cause != null;
    }

    /** Why it ended; null before. */
    public EndCause cause() {
        return cause;
    }

    /** Trace id of the exchange. */
    public String traceId() {
        return subject == null ? lastTraceId : subject.traceId();
    }

    /** Closes the record and gives back what it owns. Only the first call counts. */
    public void end(EndCause why) {
        if (cause != null) {
            return;
        }
        cause = why;
        ending = true;
        ledger.closed(this);
        List<String> cutShort = abortWaits();
        for (OwnedResource holding = first; holding != null; holding = following) {
            following = holding.next;
            if (holding.filter == null) {
                holding.finish();
            } else {
                takeBack(holding, cutShort);
            }
        }
        ending = false;
        if (filtered) {
            lastTraceId = subject.traceId();
            subject = null;
        }
        freeQuarantine();
    }

    /**
     * Ends timers and waits before anything is given back, since it would be handed to whoever waits for its like.
     *
     * @return the filters whose calls run
     */
    private List<String> abortWaits() {
        List<String> running = filtered ? new ArrayList<>() : List.of();
        for (OwnedResource holding = first; holding != null; holding = following) {
            following = holding.next;
            if (holding.call) {
                running.add(holding.filter);
            } else if (holding.filter == null && holding.kind == ResourceKind.CLOSEABLE) {
                holding.finish();
            }
        }
        return running;
    }

    private void takeBack(OwnedResource holding, List<String> cutShort) {
        // A call that is cut short has had no chance to close what it holds: that is not its fault.
        boolean leak = !holding.call && !cutShort.contains(holding.filter);
        if (leak) {
            ledger.leaked(holding, subject.traceId());
        }
        holding.revoke();
        releaseOrQuarantine(holding);
    }

    private void releaseOrQuarantine(OwnedResource holding) {
        if (holding.kind == ResourceKind.TASK || holding.released()) {
            return; // released by its runner, when it has ended
        }
        if (holding.kind == ResourceKind.BUFFER && tasks > 0) {
            holding.quarantine();
            return;
        }
        holding.finish();
        ledger.reclaimed(holding);
    }

    /** Called after a holding was released by its user; the last task's end frees what is in quarantine. */
    void taskMayHaveEnded(ResourceKind kind) {
        if (cause != null && !ending && kind == ResourceKind.TASK) {
            freeQuarantine();
        }
    }

    private void freeQuarantine() {
        while (tasks == 0 && first != null) {
            OwnedResource holding = first;
            holding.finish();
            ledger.reclaimed(holding);
        }
    }

    void remove(OwnedResource holding) {
        if (holding == following) {
            following = holding.next;
        }
        if (holding.previous == null) {
            first = holding.next;
        } else {
            holding.previous.next = holding.next;
        }
        if (holding.next == null) {
            last = holding.previous;
        } else {
            holding.next.previous = holding.previous;
        }
        holding.previous = null;
        holding.next = null;
        if (holding.kind == ResourceKind.TASK) {
            tasks--;
        }
    }

    Subject subject() {
        return subject;
    }

    List<String> held() {
        List<String> words = new ArrayList<>();
        for (OwnedResource holding = first; holding != null; holding = holding.next) {
            words.add(holding.toString());
        }
        return words;
    }
}
