package io.proxyroute.proxy.ledger;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.proxy.loop.EventLoops;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The open records of all exchanges, and the sites that leaked. Thread-safe. */
public final class Ledger {

    private static final int MAX_ROWS = 200;

    private final EventLoops loops;
    private final InstantSource clock;
    private final LeakSites leakSites;
    private final long quarantineCapBytes;
    private final List<LoopLedger> perLoop = new ArrayList<>();

    /**
     * An empty ledger.
     *
     * @param clock timestamps leaks and tables
     * @param quarantineCapBytes filters get no more buffers while this much memory is quarantined
     */
    public Ledger(EventLoops loops, InstantSource clock, long quarantineCapBytes) {
        this.loops = loops;
        this.clock = clock;
        this.leakSites = new LeakSites(clock);
        this.quarantineCapBytes = quarantineCapBytes;
        for (int i = 0; i < loops.count(); i++) {
            perLoop.add(new LoopLedger(this));
        }
    }

    /** The ledger of one loop. */
    public LoopLedger forLoop(EventExecutor loop) {
        return perLoop.get(loops.number(loop));
    }

    /** Opens a record on the calling loop. */
    public ExchangeRecord open(EventExecutor loop, TrackedExchange exchange) {
        return forLoop(loop).open(exchange);
    }

    LeakSites leakSites() {
        return leakSites;
    }

    /** Whether quarantined memory has reached its cap, so that filters must not get more buffers. */
    public boolean isQuarantineFull() {
        return sum(LoopLedger.QUARANTINED_BYTES) >= quarantineCapBytes;
    }

    /** Totals over all loops. Loops are read one after another, so the sums are not a consistent snapshot. */
    public LedgerSummary summary() {
        return new LedgerSummary(
                (int) sum(LoopLedger.OPEN),
                (int) sum(LoopLedger.LEASES),
                (int) sum(LoopLedger.BUFFERS),
                sum(LoopLedger.BUFFER_BYTES),
                (int) sum(LoopLedger.TASKS),
                leakSites.leaks(),
                leakSites.reclaimed(),
                sum(LoopLedger.QUARANTINED_BYTES),
                leakSites.worst());
    }

    private long sum(int counter) {
        long sum = 0;
        for (LoopLedger part : perLoop) {
            sum += part.counter(counter);
        }
        return sum;
    }

    /**
     * The exchanges in flight, oldest first. Each loop lists its own; a loop that takes longer than 2 s is omitted.
     * Must not be called on an event loop.
     */
    public ExchangeTable exchanges() throws InterruptedException {
        List<CompletableFuture<List<ExchangeTable.Row>>> lists = new ArrayList<>();
        for (int i = 0; i < perLoop.size(); i++) {
            LoopLedger part = perLoop.get(i);
            EventLoop loop = loops.all().get(i);
            lists.add(CompletableFuture.supplyAsync(
                    () -> part.oldest(MAX_ROWS, loop.ticker().nanoTime()), loop));
        }
        List<ExchangeTable.Row> rows = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (CompletableFuture<List<ExchangeTable.Row>> list : lists) {
            try {
                rows.addAll(list.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                list.cancel(false);
            } catch (ExecutionException e) {
                throw new IllegalStateException("Cannot describe an exchange.", e.getCause());
            }
        }
        rows.sort(Comparator.comparingDouble(ExchangeTable.Row::ageSeconds).reversed());
        return new ExchangeTable(
                clock.instant(),
                (int) sum(LoopLedger.OPEN),
                List.copyOf(rows.subList(0, Math.min(MAX_ROWS, rows.size()))));
    }
}
