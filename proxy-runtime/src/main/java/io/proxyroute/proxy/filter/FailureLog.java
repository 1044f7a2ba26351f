package io.proxyroute.proxy.filter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs exceptions of filters, with their stack trace, at most once in ten seconds for each filter and exception class. The
 * next line counts those left out, so a filter that always fails does not flood the log. Thread-safe.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_KEYS = 1000;

    private record FailureKey(String filter, Class<?> type) {}

    private static final class Tally {
        final AtomicLong lastNanos;
        final AtomicLong unlogged = new AtomicLong();

        Tally(long lastNanos) {
            this.lastNanos = new AtomicLong(lastNanos);
        }
    }

    private final LongSupplier nanoClock;
    private final Map<FailureKey, Tally> tallies = new ConcurrentHashMap<>();

    FailureLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Logs or counts a failure. Called by the filter's thread. */
    void log(FilterStep step, String traceId, Throwable failure) {
        long now = nanoClock.getAsLong();
        FailureKey key = new FailureKey(step.name(), failure.getClass());
        if (tallies.size() >= MAX_KEYS) {
            tallies.clear();
        }
        Tally tally = tallies.computeIfAbsent(key, k -> new Tally(now - INTERVAL_NANOS));
        long last = tally.lastNanos.get();
        if (now - last < INTERVAL_NANOS || !tally.lastNanos.compareAndSet(last, now)) {
            tally.unlogged.incrementAndGet();
            return;
        }
        LOG.warn(
                "Filter {} ({}) failed, so the request with trace id {} gets status 500; {} more such failures since"
                        + " the last report.",
                step.name(),
                step.instance().key().className(),
                traceId,
                tally.unlogged.getAndSet(0),
                failure);
    }
}
