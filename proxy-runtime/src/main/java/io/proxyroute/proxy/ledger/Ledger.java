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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The records of all exchanges in flight, and the memory of who leaked. Thread-safe. */
public final class Ledger {

    private static final int MAX_ROWS = 200;

    private final EventLoops loops;
    private final InstantSource clock;
    private final Offenders offenders;
    private final long quarantineCapBytes;
    private final List<LoopLedger> perLoop = new ArrayList<>();

    /**
     * An empty ledger.
     *
     * @param clock dates leaks and tables
     * @param quarantineCapBytes over this much memory in quarantine, filters get no further buffers
     */
    public Ledger(EventLoops loops, InstantSource clock, long quarantineCapBytes) {
        this.loops = loops;
        this.clock = clock;
        this.offenders = new Offenders(clock);
        this.quarantineCapBytes = quarantineCapBytes;
        for (int i = 0; i < loops.count(); i++) {
            perLoop.add(new LoopLedger(this));
        }
    }

    /** The part of one loop; a connection looks it up once. */
    public LoopLedger on(EventExecutor loop) {
        return perLoop.get(loops.number(loop));
    }

    /** Opens a record on the calling loop. */
    public ExchangeRecord open(EventExecutor loop, Subject subject) {
        return on(loop).open(subject);
    }

    Offenders offenders() {
        return offenders;
    }

    /** Whether so much memory lies in quarantine that filters must not be given more. */
    public boolean quarantineFull() {
        return sum(LoopLedger.QUARANTINED_BYTES) >= quarantineCapBytes;
    }

    /** Totals over all loops, each of its own moment. */
    public LedgerSummary summary() {
        return new LedgerSummary(
                (int) sum(LoopLedger.OPEN),
                (int) sum(LoopLedger.LEASES),
                (int) sum(LoopLedger.BUFFERS),
                sum(LoopLedger.BUFFER_BYTES),
                (int) sum(LoopLedger.TASKS),
                offenders.leaks(),
                offenders.reclaimed(),
                sum(LoopLedger.QUARANTINED_BYTES),
                offenders.worst());
    }

    private long sum(int figure) {
        long sum = 0;
        for (LoopLedger part : perLoop) {
            sum += part.figure(figure);
        }
        return sum;
    }

    /**
     * The exchanges in flight, oldest first. Asks each loop and waits for its answer up to 2 s; a loop that does not
     * answer is left out of the rows. Must not be called on a loop.
     */
    public ExchangeTable exchanges() throws InterruptedException {
        List<CompletableFuture<List<ExchangeTable.Row>>> answers = new ArrayList<>();
        for (int i = 0; i < perLoop.size(); i++) {
            LoopLedger part = perLoop.get(i);
            EventLoop loop = loops.all().get(i);
            answers.add(CompletableFuture.supplyAsync(
                    () -> part.oldest(MAX_ROWS, loop.ticker().nanoTime()), loop));
        }
        List<ExchangeTable.Row> rows = new ArrayList<>();
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (CompletableFuture<List<ExchangeTable.Row>> answer : answers) {
            try {
                rows.addAll(answer.get(Math.max(0, giveUpNanos - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                answer.cancel(false);
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException("an exchange could not be described", e.getCause());
            }
        }
        rows.sort(Comparator.comparingDouble(ExchangeTable.Row::ageSeconds).reversed());
        return new ExchangeTable(
                clock.instant(),
                (int) sum(LoopLedger.OPEN),
                List.copyOf(rows.subList(0, Math.min(MAX_ROWS, rows.size()))));
    }
}
