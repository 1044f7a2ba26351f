package io.proxyroute.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.ExchangeListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON line per ended exchange. Lines contain no header values and no query, which may hold secrets. Event
 * loops offer entries to a queue, bounded in entries and bytes, without waiting; one thread writes them. If the queue is
 * full, the entry is dropped and counted, so that a slow log reader never slows traffic. Lines that cannot be written are counted as dropped
 * too.
 */
public final class AccessLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private static final int CAPACITY = 8192;
    private static final int LONGEST_PATH = 2048;
    /** Of all queued entries. */
    private static final long MAX_QUEUED_BYTES = 8 << 20;
    /** Size of an entry in the heap without its texts, rounded up. */
    private static final int ENTRY_BYTES = 256;

    private static final int BATCH_BYTES = 1 << 16;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Multiple producers, one consumer, lock-free. */
    private final Queue<Entry> queue = PlatformDependent.newFixedMpscQueue(CAPACITY);

    private final AtomicLong queuedBytes = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final OutputStream out;
    private final Thread writer;
    private volatile boolean enabled;
    private volatile boolean closing;

    // Confined to the writer thread.

    private final JsonFactory factory = new JsonFactory();
    private final TimestampFormat timestamps = new TimestampFormat();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final StringBuilder text = new StringBuilder(64);
    private char[] chars = new char[64];
    /** Null before the first line, and after one that failed midway. */
    private JsonGenerator json;

    private final ByteArrayOutputStream batch = new ByteArrayOutputStream(2 * BATCH_BYTES);
    private int batched;
    private boolean broken;

    private record Entry(
            long startedMillis,
            String traceId,
            String client,
            String listener,
            String rule,
            String host,
            String method,
            String path,
            int status,
            String cause,
            String backend,
            Endpoint endpoint,
            int attempts,
            long requestBytes,
            long responseBytes,
            long responseHeadNanos,
            long durationNanos) {

        /** Its size in the heap, rounded up: texts of one byte per character. */
        int bytes() {
            return ENTRY_BYTES + length(path) + length(host) + length(method);
        }

        private static int length(String text) {
            return text == null ? 0 : text.length();
        }
    }

    /**
     * Starts the writer thread.
     *
     * @param target receives batches of lines and is flushed after each; not closed
     */
    public AccessLog(OutputStream target) {
        this.out = target;
        this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::write);
    }

    /** Turns the log on or off; initially off. */
    public void enable(boolean on) {
        enabled = on;
    }

    /** The number of entries dropped since the start. */
    public long dropped() {
        return dropped.sum();
    }

    /** See {@link ExchangeListener#ended}. */
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
                path(exchange.target()),
                exchange.status(),
                exchange.cause().name(),
                exchange.backend(),
                exchange.endpoint(),
                exchange.attempts(),
                exchange.requestBytes(),
                exchange.responseBytes(),
                exchange.responseHeadNanos(),
                exchange.durationNanos());
        int bytes = entry.bytes();
        if (queuedBytes.addAndGet(bytes) > MAX_QUEUED_BYTES || !queue.offer(entry)) {
            queuedBytes.addAndGet(-bytes);
            dropped.increment();
        }
    }

    private void write() {
        while (true) {
            boolean last = closing;
            for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
                queuedBytes.addAndGet(-entry.bytes());
                add(entry);
                if (batch.size() >= BATCH_BYTES) {
                    flush();
                }
            }
            if (batched > 0) {
                flush();
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(IDLE_NANOS);
        }
    }

    /** A generator that failed midway is replaced: it would corrupt all later lines. */
    private void add(Entry entry) {
        line.reset();
        try {
            if (json == null) {
                json = factory.createGenerator(line).setRootValueSeparator(null);
            }
            write(entry);
            json.flush();
            line.write('\n');
            line.writeTo(batch);
            batched++;
        } catch (IOException | RuntimeException e) {
            json = null;
            countLost(1, e);
        }
    }

    private void flush() {
        try {
            batch.writeTo(out);
            out.flush();
            broken = false;
        } catch (IOException | RuntimeException e) {
            countLost(batched, e);
        }
        batch.reset();
        batched = 0;
        if (broken) {
            batch.write('\n'); // terminates a partly written line
        }
    }

    private void countLost(int lines, Exception cause) {
        dropped.add(lines);
        if (!broken) {
            LOG.warn("Cannot write the access log: {}", cause.toString());
            broken = true;
        }
    }

    private void write(Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", timestamps.format(entry.startedMillis));
        json.writeStringField("traceId", entry.traceId);
        string("client", entry.client);
        string("listener", entry.listener);
        string("rule", entry.rule);
        string("host", entry.host);
        string("method", entry.method);
        string("path", entry.path);
        json.writeNumberField("status", entry.status);
        json.writeStringField("cause", entry.cause);
        string("backend", entry.backend);
        if (entry.endpoint != null) {
            text.setLength(0);
            text.append(entry.endpoint.address()).append(':').append(entry.endpoint.port());
            json.writeFieldName("endpoint");
            json.writeString(copyOfText(), 0, text.length());
        }
        json.writeNumberField("attempts", entry.attempts);
        json.writeNumberField("requestBytes", entry.requestBytes);
        json.writeNumberField("responseBytes", entry.responseBytes);
        if (entry.responseHeadNanos >= 0) {
            millis("headMillis", entry.responseHeadNanos);
        }
        millis("durationMillis", entry.durationNanos);
        json.writeEndObject();
    }

    private void string(String field, String value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
    }

    /** Milliseconds with three decimals. Not as a double, whose text would be an allocation of its own. */
    private void millis(String field, long nanos) throws IOException {
        long micros = nanos / 1000;
        text.setLength(0);
        text.append(micros / 1000)
                .append('.')
                .append((char) ('0' + micros / 100 % 10))
                .append((char) ('0' + micros / 10 % 10))
                .append((char) ('0' + micros % 10));
        json.writeFieldName(field);
        json.writeNumber(copyOfText(), 0, text.length());
    }

    private char[] copyOfText() {
        int length = text.length();
        if (length > chars.length) {
            chars = new char[2 * length];
        }
        text.getChars(0, length, chars, 0);
        return chars;
    }

    private static String path(String target) {
        if (target == null) {
            return null;
        }
        int query = target.indexOf('?');
        int end = Math.min(query < 0 ? target.length() : query, LONGEST_PATH);
        return target.substring(0, end); // the same string if that is all of it
    }

    /** Writes queued entries and stops the writer thread; waits at most 2 s. */
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
