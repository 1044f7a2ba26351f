package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.Authority;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.ReservedFields;
import java.util.List;

/**
 * The stage of an exchange in which its rule's filters run: delivers the body as they request it, and accepts one
 * outcome. A second outcome, or one after the end, is released and ignored. Confined to the exchange's loop.
 */
final class FilterStage implements FilterExchange {

    private final ExchangeState exchange;
    private final Listener listener;
    private FilterRun run;
    private boolean outcomePending = true;
    private boolean reading;
    private boolean endDelivered;
    private long deliveredBytes;

    /** Receives what the filters request and decide. */
    interface Listener {

        /** The filters request more of the body. */
        void bodyRequested();

        /** The request proceeds to a backend. */
        void proceed();

        /** A filter responds instead of the backend. Takes ownership of the body. */
        void respond(int status, Fields fields, ByteBuf content);

        /** The filters failed. */
        void filtersFailed(EndCause why);
    }

    FilterStage(ExchangeState exchange, Listener listener) {
        this.exchange = exchange;
        this.listener = listener;
    }

    /** Starts the filters. The listener may be called before this returns. */
    void start(FilterChain chain) {
        FilterRun started = chain.start(this);
        run = started;
        if (exchange.record.hasEnded()) {
            started.ended();
        }
    }

    /** Delivers a part of the body if one was requested. The caller keeps {@code data} if this returns false. */
    boolean offer(ByteBuf data, boolean last) {
        if (!outcomePending || !reading) {
            return false;
        }
        reading = false;
        endDelivered = last;
        deliveredBytes += data.readableBytes();
        exchange.client.demand(false);
        run.body(data, last);
        return true;
    }

    /** Whether the filters are waiting for more of the body. */
    boolean isReading() {
        return outcomePending && reading;
    }

    /** The exchange has ended. */
    void ended() {
        outcomePending = false;
        if (run != null) {
            run.ended();
        }
    }

    @Override
    public EventLoop loop() {
        return exchange.context.loop;
    }

    @Override
    public ExchangeRecord record() {
        return exchange.record;
    }

    @Override
    public Head request() {
        return exchange.request;
    }

    @Override
    public String route() {
        return exchange.serving.route();
    }

    @Override
    public String rule() {
        return exchange.rule();
    }

    @Override
    public String traceId() {
        return exchange.traceId();
    }

    @Override
    public String childTraceparent() {
        return exchange.trace.traceparent();
    }

    @Override
    public List<String> backends() {
        return exchange.rule.backends();
    }

    @Override
    public long deadlineNanos() {
        return exchange.timer.requestDeadlineNanos();
    }

    @Override
    public void readBody() {
        if (!outcomePending || reading) {
            return;
        }
        if (exchange.body.isEmpty() || exchange.body.isComplete()) {
            if (!endDelivered) {
                endDelivered = true;
                run.body(Unpooled.EMPTY_BUFFER, true);
            }
            return;
        }
        reading = true;
        listener.bodyRequested();
    }

    @Override
    public void proceed(ByteBuf unread) {
        if (claimOutcome(unread)) {
            moveHostToAuthority();
            exchange.client.demand(false);
            exchange.body.resumeFrom(unread, deliveredBytes == unread.readableBytes());
            listener.proceed();
        }
    }

    @Override
    public void proceedWith(ByteBuf replacement) {
        if (claimOutcome(replacement)) {
            moveHostToAuthority();
            exchange.body.replaceWith(replacement);
            listener.proceed();
            if (!exchange.record.hasEnded()) {
                exchange.client.demand(true); // to discard the client's body
            }
        }
    }

    /** Drops reserved fields, and moves a {@code host} field to the head's authority. */
    private void moveHostToAuthority() {
        Fields fields = exchange.request.fields();
        ReservedFields.removeFrom(fields);
        String host = fields.get(FieldNames.HOST);
        if (host != null) {
            fields.remove(FieldNames.HOST);
            if (Authority.isValid(host)) {
                exchange.request.setAuthority(host);
            }
        }
    }

    @Override
    public void respond(int status, Fields fields, ByteBuf content) {
        if (claimOutcome(content)) {
            ReservedFields.removeFrom(fields);
            listener.respond(status, fields, content);
        }
    }

    @Override
    public void fail(EndCause cause) {
        if (claimOutcome(Unpooled.EMPTY_BUFFER)) {
            listener.filtersFailed(cause);
        }
    }

    /** Claims the one outcome. If there was one already, releases {@code memory} and returns false. */
    private boolean claimOutcome(ByteBuf memory) {
        if (!outcomePending) {
            memory.release();
            return false;
        }
        outcomePending = false;
        return true;
    }
}
