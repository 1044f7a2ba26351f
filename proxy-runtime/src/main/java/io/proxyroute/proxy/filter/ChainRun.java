package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.http.FilterRun;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One exchange's way through the filters of its rule: one call after the other, each on a thread of its own. Confined to
 * the exchange's loop, but for {@link #over} and {@link #facts}.
 */
final class ChainRun implements FilterRun {

    private final Chain chain;
    private final EventLoop loop;
    private final ExchangeRecord record;
    private final BodyPipe clientBody;
    private final Facts facts;
    private volatile FilterExchange exchange;

    /** What threads of filters may ask of the exchange, which itself is confined to its loop. */
    record Facts(String route, String traceId, List<String> backends, long deadlineNanos) {}

    private int nextStep;

    /** Calls and forks that have not ended, also after the exchange's end. */
    private int running;

    /** What they may still use of what is to be closed at the end; null where nothing waits for them. */
    private List<EndCloser> closers;

    /** What a filter put in the place of the client's body; null where none did. */
    private ByteArrayInputStream newBody;

    ChainRun(Chain chain, FilterExchange exchange) {
        this.chain = chain;
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.record = exchange.record();
        this.facts = new Facts(exchange.route(), exchange.traceId(), exchange.backends(), exchange.deadlineNanos());
        this.clientBody = new BodyPipe(() -> loop.execute(this::readBody), () -> {});
    }

    boolean over() {
        return exchange == null;
    }

    Facts facts() {
        return facts;
    }

    EventLoop loop() {
        return loop;
    }

    ExchangeRecord record() {
        return record;
    }

    FilterRuntime runtime() {
        return chain.runtime();
    }

    Tasks tasks() {
        return chain.runtime().tasks();
    }

    boolean quarantineFull() {
        return chain.runtime().ledger().quarantineFull();
    }

    /** Calls the next filter, or hands the request back when there is none. */
    void next() {
        if (nextStep == chain.steps().size()) {
            proceed();
            return;
        }
        Chain.Step step = chain.steps().get(nextStep++);
        InputStream source = newBody == null ? clientBody : newBody;
        Head request = exchange.request();
        CallRequestHead head = new CallRequestHead(request.method(), request.target(), Headers.of(request));
        new Call(this, step, head, new CallBody(source)).start();
    }

    private void proceed() {
        if (newBody == null) {
            byte[][] unread = clientBody.unread().toArray(byte[][]::new);
            exchange.proceed(Unpooled.wrappedBuffer(unread));
        } else {
            exchange.proceedWith(Unpooled.wrappedBuffer(newBody.readAllBytes()));
        }
    }

    /** A call or fork has begun. Called on the loop. */
    void taskBegan() {
        running++;
    }

    /** A call or fork has ended. Called on the loop. */
    void taskEnded() {
        running--;
        if (running == 0) {
            closeAll();
        }
    }

    /**
     * The exchange is over. What tasks may still use is closed when the last of them has ended; or after the grace, since
     * the close may be what a task waits for that did not answer its interrupt.
     */
    void close(EndCloser closer) {
        if (running == 0) {
            closer.start();
            return;
        }
        if (closers == null) {
            closers = new ArrayList<>();
            loop.schedule(this::closeAll, tasks().grace().toNanos(), TimeUnit.NANOSECONDS);
        }
        closers.add(closer);
    }

    private void closeAll() {
        if (closers != null) {
            closers.forEach(EndCloser::start);
            closers = null;
        }
    }

    /** A call has come to its end. Called on the loop. */
    void outcome(Outcome outcome) {
        if (exchange == null) {
            return;
        }
        switch (outcome) {
            case Outcome.Next(Fields edited, byte[] body) -> {
                if (edited != null) {
                    exchange.request().fields().setAll(edited);
                }
                if (body != null) {
                    newBody = new ByteArrayInputStream(body);
                }
                next();
            }
            case Outcome.Respond(int status, Fields headers, byte[] body) ->
                exchange.respond(status, headers, Unpooled.wrappedBuffer(body));
            case Outcome.Failed() -> exchange.fail(EndCause.FILTER_FAILED);
        }
    }

    /** Asks a backend's pool for a connection. Called by threads of filters. */
    PendingLease acquire(ResourceKind kind, Chain.Step step, String site, String backendId) throws IOException {
        Backend backend = chain.backends().get(backendId);
        BackendPool pool = backend == null ? null : chain.runtime().pools().backend(backendId);
        if (pool == null) {
            throw new IOException("the route has no backend " + backendId + "; it has "
                    + chain.backends().keySet().stream().sorted().toList());
        }
        PendingLease pending = new PendingLease(kind, step.name(), site, backendId, lease -> lent(lease, backend));
        try {
            loop.execute(() -> {
                if (exchange == null) {
                    pending.tooLate();
                } else {
                    pending.ask(exchange, pool);
                }
            });
        } catch (RejectedExecutionException e) {
            pending.tooLate();
        }
        return pending;
    }

    private FilterLease lent(Lease lease, Backend backend) {
        String traceparent = exchange.childTraceparent();
        return new FilterLease(lease, request -> OutgoingHeaders.request(request, backend, traceparent));
    }

    private void readBody() {
        if (exchange != null) {
            exchange.readBody();
        }
    }

    @Override
    public void body(ByteBuf content, boolean last) {
        boolean empty = !content.isReadable();
        try {
            clientBody.add(content);
        } finally {
            content.release();
        }
        if (last) {
            clientBody.complete();
        } else if (empty) {
            readBody();
        }
    }

    @Override
    public void ended() {
        exchange = null;
        clientBody.fail("the exchange is over");
    }
}
