package io.proxyroute.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.ExchangeListener;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON line for each ended exchange. Lines hold no header values and no query, which may be secret. Event loops
 * put entries into a bounded queue without waiting; a thread of its own writes them. When the queue is full an entry is
 * dropped and counted: a slow reader of the log must never slow traffic down.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private static final int CAPACITY = 8192;
    private static final int LONGEST_PATH = 2048;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Many loops offer, one thread polls; no lock on either side. */
    private final Queue<Entry> queue = PlatformDependent.newFixedMpscQueue(CAPACITY);

    private final LongAdder dropped = new LongAdder();
    private final OutputStream out;
    private final JsonGenerator json;
    private final Thread writer;
    private volatile boolean enabled;
    private volatile boolean closing;
    private boolean broken;

    private record Entry(
            long startedMillis,
            String traceId,
            InetSocketAddress client,
            String listener,
            String rule,
            String host,
            String method,
            String target,
            int status,
            String cause,
            String backend,
            Endpoint endpoint,
            int attempts,
            long requestBytes,
            long responseBytes,
            long headNanos,
            long durationNanos) {}

    /**
     * Starts the writer.
     *
     * @param target flushed whenever the queue is empty; not closed
     */
    public AccessLog(OutputStream target) throws IOException {
        this.out = new BufferedOutputStream(target, 1 << 16);
        this.json = new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setRootValueSeparator(null);
        this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::write);
    }

    /** Switches the log on or off; off at first. */
    public void enable(boolean on) {
        enabled = on;
    }

    /** Entries dropped since the start. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void ended(EndedExchange exchange) {
        if (!enabled) {
            return;
        }
        Entry entry = new Entry(
                exchange.startedMillis(),
                exchange.traceId(),
                exchange.client(),
                exchange.listener(),
                exchange.rule(),
                exchange.host(),
                exchange.method(),
                exchange.target(),
                exchange.status(),
                exchange.cause().name(),
                exchange.backend(),
                exchange.endpoint(),
                exchange.attempts(),
                exchange.requestBytes(),
                exchange.responseBytes(),
                exchange.headNanos(),
                exchange.durationNanos());
        if (!queue.offer(entry)) {
            dropped.increment();
        }
    }

    private void write() {
        while (true) {
            boolean last = closing;
            try {
                for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
                    line(entry);
                }
                json.flush();
                out.flush();
            } catch (IOException e) {
                if (!broken) {
                    LOG.warn("The access log cannot be written: {}.", e.toString());
                    broken = true;
                }
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(IDLE_NANOS);
        }
    }

    private void line(Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", Instant.ofEpochMilli(entry.startedMillis).toString());
        json.writeStringField("traceId", entry.traceId);
        text("client", entry.client == null ? null : entry.client.getAddress().getHostAddress());
        text("listener", entry.listener);
        text("rule", entry.rule);
        text("host", entry.host);
        text("method", entry.method);
        text("path", path(entry.target));
        json.writeNumberField("status", entry.status);
        json.writeStringField("cause", entry.cause);
        text("backend", entry.backend);
        text("endpoint", entry.endpoint == null ? null : entry.endpoint.address() + ":" + entry.endpoint.port());
        json.writeNumberField("attempts", entry.attempts);
        json.writeNumberField("requestBytes", entry.requestBytes);
        json.writeNumberField("responseBytes", entry.responseBytes);
        if (entry.headNanos >= 0) {
            millis("headMillis", entry.headNanos);
        }
        millis("durationMillis", entry.durationNanos);
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void text(String field, String value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
    }

    private void millis(String field, long nanos) throws IOException {
        json.writeNumberField(field, nanos / 1000 / 1000.0);
    }

    private static String path(String target) {
        if (target == null) {
            return null;
        }
        int query = target.indexOf('?');
        int end = Math.min(query < 0 ? target.length() : query, LONGEST_PATH);
        return target.substring(0, end);
    }

    /** Writes what is queued and ends the writer; waits at most 2 s. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
