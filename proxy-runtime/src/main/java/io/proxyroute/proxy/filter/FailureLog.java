package io.proxyroute.proxy.filter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what filters throw: with its stack once in ten seconds for each filter and kind of exception, and as a count for
 * the rest, so that a filter that always fails does not drown the log. Thread-safe.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_KINDS = 1000;

    private record Kind(String filter, Class<?> failure) {}

    private static final class Tally {
        final AtomicLong lastNanos;
        final AtomicLong unlogged = new AtomicLong();

        Tally(long lastNanos) {
            this.lastNanos = new AtomicLong(lastNanos);
        }
    }

    private final LongSupplier nanoClock;
    private final Map<Kind, Tally> tallies = new ConcurrentHashMap<>();

    FailureLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    void log(FilterStep step, String traceId, Throwable failure) {
        long now = nanoClock.getAsLong();
        Kind kind = new Kind(step.name(), failure.getClass());
        if (tallies.size() >= MAX_KINDS) {
            tallies.clear();
        }
        Tally tally = tallies.computeIfAbsent(kind, k -> new Tally(now - INTERVAL_NANOS));
        long last = tally.lastNanos.get();
        if (now - last < INTERVAL_NANOS || !tally.lastNanos.compareAndSet(last, now)) {
            tally.unlogged.incrementAndGet();
            return;
        }
        LOG.warn(
                "filter {} ({}) failed; the client of trace {} gets 500; {} more like it since the last line",
                step.name(),
                step.instance().key().className(),
                traceId,
                tally.unlogged.getAndSet(0),
                failure);
    }
}
