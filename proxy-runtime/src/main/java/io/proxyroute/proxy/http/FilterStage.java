package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;

/**
 * The stage of an exchange in which its rule's filters run: it hands them the body as they ask for it, and takes their one
 * outcome. Confined to the exchange's loop. An outcome that comes a second time, or after the end, is released and
 * forgotten.
 */
final class FilterStage implements FilterExchange {

    private final Exchange exchange;
    private final RequestBody body;
    private FilterRun run;
    private boolean deciding = true;
    private boolean asked;
    private boolean endTold;
    private long handedOut;

    FilterStage(Exchange exchange, RequestBody body) {
        this.exchange = exchange;
        this.body = body;
    }

    /** Begins; the outcome may come before this returns. */
    void start(FilterChain chain) {
        FilterRun started = chain.start(this);
        run = started;
        if (exchange.over()) {
            started.ended();
        }
    }

    /** Hands a part of the body over if it was asked for; false where it was not. */
    boolean take(HttpContent content) {
        if (!deciding || !asked) {
            return false;
        }
        asked = false;
        endTold = content instanceof LastHttpContent;
        handedOut += content.content().readableBytes();
        exchange.connection().holdBody();
        run.body(content.content(), endTold);
        return true;
    }

    /** Whether the filters wait for more of the body. */
    boolean reading() {
        return deciding && asked;
    }

    /** The exchange is over. */
    void ended() {
        deciding = false;
        if (run != null) {
            run.ended();
        }
    }

    @Override
    public EventLoop loop() {
        return exchange.worker().loop;
    }

    @Override
    public ExchangeRecord record() {
        return exchange.record();
    }

    @Override
    public HttpRequest request() {
        return exchange.request();
    }

    @Override
    public String route() {
        return exchange.route();
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
        return exchange.childTraceparent();
    }

    @Override
    public List<String> backends() {
        return exchange.backends();
    }

    @Override
    public long deadlineNanos() {
        return exchange.deadlineNanos();
    }

    @Override
    public void readBody() {
        if (!deciding || asked) {
            return;
        }
        if (body.none() || body.arrived()) {
            if (!endTold) {
                endTold = true;
                run.body(Unpooled.EMPTY_BUFFER, true);
            }
            return;
        }
        asked = true;
        exchange.askForBody();
    }

    @Override
    public void proceed(ByteBuf unread) {
        if (outcome(unread)) {
            exchange.connection().holdBody();
            body.continueWith(unread, handedOut == unread.readableBytes());
            exchange.proceed();
        }
    }

    @Override
    public void proceedWith(ByteBuf replacement) {
        if (outcome(replacement)) {
            body.replaceWith(replacement);
            exchange.proceed();
            if (!exchange.over()) {
                exchange.connection().wantBody(); // to throw it away
            }
        }
    }

    @Override
    public void respond(int status, HttpHeaders headers, ByteBuf content) {
        if (outcome(content)) {
            HopByHop.strip(headers);
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            exchange.answer(
                    OutboundResponse.full(HttpResponseStatus.valueOf(status), headers, content),
                    EndCause.FILTER_RESPONDED);
        }
    }

    @Override
    public void fail(EndCause cause) {
        if (outcome(Unpooled.EMPTY_BUFFER)) {
            exchange.refuse(cause);
        }
    }

    /** Takes the outcome once; later ones are released. */
    private boolean outcome(ByteBuf memory) {
        if (!deciding) {
            memory.release();
            return false;
        }
        deciding = false;
        return true;
    }
}
