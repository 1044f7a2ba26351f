package io.proxyroute.proxy.http;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.ledger.LoopLedger;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.stream.EndCause;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the connections of one event loop share. Confined to it; its totals may be read from any thread. */
final class LoopContext implements LoopConnections.Counter {

    static final int CONNECTIONS = 0;
    static final int IN_FLIGHT = 1;
    static final int REQUESTS = 2;
    static final int PROXY_ERRORS = 3;
    static final int BACKEND_ERRORS = 4;
    static final int PROXY_FAULTS = 5;
    static final int HELD_BYTES = 6;
    private static final int COUNTERS = 7;

    final int number;
    final EventLoop loop;
    final DeadlineWheel wheel;
    final LoopLedger ledger;
    final ExchangeListener listener;
    final Overload overload;
    final LoopConnections connections;
    final ClientLimits clients;
    final SplittableRandom random = new SplittableRandom();
    final HttpDate date = new HttpDate();
    /** Exchanges that are being retried, for the retry budget. */
    int retrying;

    /** Bytes of request bodies that may be gathered, as a share of this loop. */
    private long bodyBytesLeft;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private long cachedNumber;
    private String cachedText = "0";

    /**
     * The context of a loop.
     *
     * @param totals sums over all loops, including this one
     * @param clients shared by all loops
     * @param bodyBytes how many bytes of request bodies may be gathered at the same time
     */
    LoopContext(
            int number,
            EventLoop loop,
            DeadlineWheel wheel,
            LoopLedger ledger,
            ExchangeListener listener,
            Overload overload,
            LoopConnections.Totals totals,
            ClientLimits clients,
            long bodyBytes) {
        this.number = number;
        this.loop = loop;
        this.wheel = wheel;
        this.ledger = ledger;
        this.listener = listener;
        this.overload = overload;
        this.clients = clients;
        this.connections = new LoopConnections(loop, wheel, overload, totals, this);
        this.bodyBytesLeft = bodyBytes;
    }

    /** A number as text. Caches the last one, because most requests have the same time left. */
    String cachedDecimal(long number) {
        if (number != cachedNumber) {
            cachedNumber = number;
            cachedText = Long.toString(number);
        }
        return cachedText;
    }

    /** Reserves memory for gathering a body; false if none is left. */
    boolean reserveBodyBytes(int bytes) {
        if (bodyBytesLeft < bytes) {
            return false;
        }
        bodyBytesLeft -= bytes;
        return true;
    }

    void returnBodyBytes(int bytes) {
        bodyBytesLeft += bytes;
    }

    long nanoTime() {
        return wheel.nanoTime();
    }

    /** Adds to a counter. Only the loop writes, so no atomic read-modify-write is needed. */
    void add(int counter, long change) {
        counters.setRelease(counter, counters.getPlain(counter) + change);
    }

    long counter(int counter) {
        return counters.getAcquire(counter);
    }

    /**
     * Whether the budget, a percentage of the loop's exchanges, allows one more retry. Above 0, it always allows one.
     */
    boolean retryAllowed(int budgetPercent) {
        return budgetPercent > 0 && (retrying == 0 || (retrying + 1) * 100L <= budgetPercent * counter(IN_FLIGHT));
    }

    void ended(EndedExchange exchange) {
        add(IN_FLIGHT, -1);
        add(REQUESTS, 1);
        EndCause cause = exchange.cause();
        if (cause.isProxyError()) {
            add(PROXY_ERRORS, 1);
        } else if (exchange.status() >= 500 && cause == EndCause.COMPLETED) {
            add(BACKEND_ERRORS, 1);
        }
        if (cause.isProxyFault()) {
            add(PROXY_FAULTS, 1);
        }
        listener.ended(exchange);
    }

    @Override
    public void addConnections(int change) {
        add(CONNECTIONS, change);
    }

    @Override
    public void addHeldBytes(long change) {
        add(HELD_BYTES, change);
    }
}
