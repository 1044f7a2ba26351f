package io.proxyroute.proxy.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets each kind of failure through once in {@value #INTERVAL_SECONDS} s. A kind is a message with its logger and the class
 * of the exception; messages without an exception always pass. Applies to libraries too: Netty logs every connection that
 * cannot be accepted. Thread-safe.
 */
public final class RepeatFilter extends Filter<ILoggingEvent> {

    private static final int INTERVAL_SECONDS = 10;
    private static final long INTERVAL_MILLIS = TimeUnit.SECONDS.toMillis(INTERVAL_SECONDS);
    private static final int MAX_KINDS = 1000;
    private static final LongAdder SUPPRESSED = new LongAdder();

    private record Kind(String logger, String message, String exception) {}

    private final Map<Kind, Long> lastMillis = new ConcurrentHashMap<>();

    /** Failures that were not logged since the start. */
    public static long suppressed() {
        return SUPPRESSED.sum();
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getThrowableProxy() == null) {
            return FilterReply.NEUTRAL;
        }
        Kind kind = new Kind(
                event.getLoggerName(),
                event.getMessage(),
                event.getThrowableProxy().getClassName());
        long now = event.getTimeStamp();
        if (lastMillis.size() >= MAX_KINDS) {
            lastMillis.clear();
        }
        Long last = lastMillis.putIfAbsent(kind, now);
        boolean due = last == null || now - last >= INTERVAL_MILLIS || now < last;
        if (due && (last == null || lastMillis.replace(kind, last, now))) {
            return FilterReply.NEUTRAL;
        }
        SUPPRESSED.increment();
        return FilterReply.DENY;
    }
}
