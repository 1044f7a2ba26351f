package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.http.FilterRun;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;

/**
 * Takes one exchange through the filters of its rule, one call after the other. Reports the outcome of the last call to
 * the exchange. Confined to the exchange's loop.
 */
final class ChainRun implements FilterRun, FilterCall.Listener {

    private final List<FilterStep> steps;
    private final ExchangeScope scope;
    private final BodyPipe clientBody;

    private int nextStep;

    /** The body that a filter set in place of the client's; null if none did. */
    private ByteArrayInputStream newBody;

    ChainRun(List<FilterStep> steps, ExchangeScope scope) {
        this.steps = steps;
        this.scope = scope;
        this.clientBody = new BodyPipe(() -> scope.loop().execute(this::readBody), () -> {});
    }

    /** Calls the next filter; after the last one the request proceeds to its backend. */
    void next() {
        if (nextStep == steps.size()) {
            proceed();
            return;
        }
        FilterStep step = steps.get(nextStep++);
        InputStream source = newBody == null ? clientBody : newBody;
        Head request = scope.exchange().request();
        CallRequestHead head = new CallRequestHead(request.method(), request.target(), FilterHeaders.editable(request));
        new FilterCall(scope, step, head, new CallBody(source), this).start();
    }

    private void proceed() {
        FilterExchange exchange = scope.exchange();
        if (newBody == null) {
            byte[][] unread = clientBody.drainUnread().toArray(byte[][]::new);
            exchange.proceed(Unpooled.wrappedBuffer(unread));
        } else {
            exchange.proceedWith(Unpooled.wrappedBuffer(newBody.readAllBytes()));
        }
    }

    @Override
    public void completed(CallOutcome outcome) {
        FilterExchange exchange = scope.exchange();
        if (exchange == null) {
            return;
        }
        switch (outcome) {
            case CallOutcome.Next(Fields edited, byte[] body) -> {
                if (edited != null) {
                    exchange.request().fields().setAll(edited);
                }
                if (body != null) {
                    newBody = new ByteArrayInputStream(body);
                }
                next();
            }
            case CallOutcome.Respond(int status, Fields headers, byte[] body) ->
                exchange.respond(status, headers, Unpooled.wrappedBuffer(body));
            case CallOutcome.Failed() -> exchange.fail(EndCause.FILTER_FAILED);
        }
    }

    private void readBody() {
        FilterExchange exchange = scope.exchange();
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
        scope.end();
        clientBody.fail("the exchange has ended");
    }
}
