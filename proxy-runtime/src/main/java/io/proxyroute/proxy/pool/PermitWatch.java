package io.proxyroute.proxy.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the permits in use with the connections that need one. A permit without a connection is lost: the pool counts a
 * connection that does not exist, and in the end grants no more. That is a bug of the proxy, so it is reported as such.
 *
 * <p>Connections are counted apart from permits, from connecting until the channel is closed, and permits first of all: a
 * permit is taken before its connection is counted and released after. A difference at one moment is therefore normal; only
 * the smallest of the last {@value #CHECKS} checks counts. Counting is thread-safe, {@link #check} is called by one thread.
 */
final class PermitWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PermitWatch.class);
    private static final int CHECKS = 10;

    private final IntSupplier permits;
    private final AtomicInteger holders = new AtomicInteger();
    private final int[] differences = new int[CHECKS];
    private long checks;
    private volatile int lost;

    /** @param permits permits in use */
    PermitWatch(IntSupplier permits) {
        this.permits = permits;
    }

    /** A permit was granted, or a connection is being opened: a holder until {@link #removeHolder}. */
    void addHolder() {
        holders.incrementAndGet();
    }

    void removeHolder() {
        holders.decrementAndGet();
    }

    int holders() {
        return holders.get();
    }

    /** Takes a sample. Called once a second. */
    void check() {
        // Holders first: a connection that is opened in between adds to the permits only, which a later check corrects.
        int held = holders.get();
        differences[(int) (checks++ % CHECKS)] = permits.getAsInt() - held;
        if (checks < CHECKS) {
            return;
        }
        int smallest = Integer.MAX_VALUE;
        for (int difference : differences) {
            smallest = Math.min(smallest, difference);
        }
        int now = Math.max(0, smallest);
        if (now > lost) {
            LOG.error(
                    "The connection pool has lost {} permits: it counts connections that do not exist, and"
                            + " opens fewer than connectionPool.maxConnections allows. This is a bug of the proxy.",
                    now);
        }
        lost = now;
    }

    /** The permits that are lost, according to the last checks. Called on any thread. */
    int lost() {
        return lost;
    }
}
