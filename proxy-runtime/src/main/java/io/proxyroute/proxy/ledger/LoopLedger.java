package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open records of one event loop. Confined to that loop; its counters may be read on any thread. */
public final class LoopLedger {

    static final int OPEN = 0;
    static final int LEASES = 1;
    static final int BUFFERS = 2;
    static final int BUFFER_BYTES = 3;
    static final int TASKS = 4;
    static final int QUARANTINED_BYTES = 5;
    private static final int COUNTERS = 6;

    private static final Logger LOG = LoggerFactory.getLogger(LoopLedger.class);

    private final Ledger ledger;
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private ExchangeRecord first;
    private ExchangeRecord last;

    LoopLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Opens the record of an exchange that starts on this loop. */
    public ExchangeRecord open(TrackedExchange exchange) {
        ExchangeRecord record = new ExchangeRecord(this, exchange);
        record.previous = last;
        if (last == null) {
            first = record;
        } else {
            last.next = record;
        }
        last = record;
        add(OPEN, 1);
        return record;
    }

    void remove(ExchangeRecord record) {
        if (record.previous == null) {
            first = record.next;
        } else {
            record.previous.next = record.next;
        }
        if (record.next == null) {
            last = record.previous;
        } else {
            record.next.previous = record.previous;
        }
        record.previous = null;
        record.next = null;
        add(OPEN, -1);
    }

    /** Only the loop writes, so no atomic read-modify-write is needed. */
    void add(int counter, long change) {
        counters.setRelease(counter, counters.getPlain(counter) + change);
    }

    long counter(int counter) {
        return counters.getAcquire(counter);
    }

    void count(ResourceKind kind, int change, long bytes) {
        switch (kind) {
            case LEASE, RESPONSE_BODY -> add(LEASES, change);
            case BUFFER -> {
                add(BUFFERS, change);
                add(BUFFER_BYTES, bytes);
            }
            case TASK -> add(TASKS, change);
            case CLOSEABLE -> {}
        }
    }

    /** The release of a resource failed. */
    void failed(OwnedResource resource, Throwable cause) {
        LOG.error("Cannot release a {}.", resource, cause);
    }

    void leaked(OwnedResource resource, String traceId) {
        ledger.leakSites().leaked(resource, traceId);
    }

    void reclaimed(OwnedResource resource) {
        ledger.leakSites().reclaimed(resource);
    }

    List<ExchangeTable.Row> oldest(int limit, long nowNanos) {
        List<ExchangeTable.Row> rows = new ArrayList<>();
        for (ExchangeRecord record = first; record != null && rows.size() < limit; record = record.next) {
            rows.add(record.exchange().describe(nowNanos, record.describeResources()));
        }
        return rows;
    }
}
