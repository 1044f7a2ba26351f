package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.concurrent.TimeUnit;

/**
 * Gathers the first bytes of a request's body before a connection is acquired, so that a client that sends slowly holds
 * none. Ends when the body is complete, when 64 KiB have arrived, or after a time limit: 1 s, or 20 ms if the length is
 * unknown. What arrives with the head is not delayed, since the limit starts at the end of the read.
 *
 * <p>The bytes are copied, so no receive buffer is kept, and are sent again if the request is retried. They count against
 * a budget of the event loop; without budget nothing is gathered. Owned by the record until the response starts. Confined
 * to the exchange's loop.
 */
final class BodyGathering extends Deadline implements Releasable {

    private static final int MAX_BYTES = 64 << 10;
    private static final int INITIAL_BYTES = 1 << 10;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UNKNOWN_LENGTH_LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ExchangeState exchange;
    private final Listener listener;
    private final int reservedBytes;
    private final ByteBuf buffer;
    private OwnedResource owned;

    /** Receives the end of the gathering. */
    interface Listener {

        /** Enough of the body has arrived, or too much time has passed: the request can be sent. */
        void gathered();

        /** The deadline failed. */
        void timerFailed(Throwable failure);
    }

    private BodyGathering(ExchangeState exchange, int reservedBytes, Listener listener) {
        this.exchange = exchange;
        this.listener = listener;
        this.reservedBytes = reservedBytes;
        this.buffer = ByteBufAllocator.DEFAULT.directBuffer(
                exchange.request.length() == Head.UNKNOWN ? INITIAL_BYTES : reservedBytes);
    }

    /** Starts to gather the body of the request; null if it has none or must be streamed from the start. */
    static BodyGathering start(ExchangeState exchange, Listener listener) {
        Head request = exchange.request;
        if (request.length() == 0
                || exchange.client.awaitsContinue()
                || request.upgrade() != null
                || isGrpc(request.fields())) {
            return null;
        }
        int bytes = request.length() == Head.UNKNOWN ? MAX_BYTES : (int) Math.min(MAX_BYTES, request.length());
        if (!exchange.context.reserveBodyBytes(bytes)) {
            return null;
        }
        BodyGathering gathering = new BodyGathering(exchange, bytes, listener);
        exchange.client.keeps(bytes);
        gathering.owned = exchange.record.track(ResourceKind.BUFFER, null, gathering);
        return gathering;
    }

    /** Whether the body is that of a gRPC call. */
    static boolean isGrpc(Fields fields) {
        String type = fields.get(FieldNames.CONTENT_TYPE);
        return type != null && type.startsWith("application/grpc");
    }

    /** Adds a part of the body. Takes ownership of {@code data}. */
    void add(ByteBuf data, boolean last) {
        try {
            buffer.writeBytes(data);
        } finally {
            data.release();
        }
        if (last || buffer.readableBytes() >= MAX_BYTES) {
            finish();
        }
    }

    /** The body ended with trailers. */
    void end(Fields trailers) {
        exchange.body.setTrailers(trailers);
        finish();
    }

    /** The bytes that have arrived together are added; from now on the time is limited. */
    void readPassEnded() {
        if (!isArmed()) {
            exchange.context.wheel.armIn(
                    this, exchange.request.length() == Head.UNKNOWN ? UNKNOWN_LENGTH_LIMIT_NANOS : LIMIT_NANOS);
        }
    }

    private void finish() {
        cancel();
        exchange.body.setPrefix(buffer);
        listener.gathered();
    }

    /** The bytes are no longer needed: the request will not be sent again. */
    void discard() {
        exchange.body.dropPrefix();
        owned.release();
    }

    @Override
    protected void onExpired() {
        try {
            finish();
        } catch (Throwable t) {
            listener.timerFailed(t);
        }
    }

    @Override
    public void release() {
        cancel();
        buffer.release();
        exchange.client.keeps(0);
        exchange.context.returnBodyBytes(reservedBytes);
    }

    /** The reserved size, which stays the same while the buffer grows. */
    @Override
    public long bytes() {
        return reservedBytes;
    }
}
