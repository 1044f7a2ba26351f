package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.TrackedExchange;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Head;
import java.util.List;

/**
 * The state that the parts of one exchange share, and what is reported about it: in the table of exchanges while it
 * runs, and to listeners when it has ended. Confined to the exchange's loop.
 */
abstract class ExchangeState implements TrackedExchange, EndedExchange {

    final LoopContext context;
    final ServingState serving;
    final ListenerConfig listener;
    final ClientStream client;
    final Head request;
    final ClientResponse response;
    final ExchangeRecord record;
    final TraceContext trace;
    /** The client's own address, also behind trusted proxies. */
    final String clientAddress;

    final long startNanos;
    private final long startedMillis = System.currentTimeMillis();

    ExchangePhase phase = ExchangePhase.STARTING;
    /** Whether the client has shut down its output. */
    boolean halfClosed;
    /** Whether the client's bytes are being read, so {@code readComplete} follows. */
    boolean inReadPass = true;

    // Null until the rule is found.
    RequestTarget target;
    RequestBody body;
    RouteRule rule;
    ExchangeTimer timer;

    // The attempts and their result.
    BackendPool pool;
    Endpoint endpoint;
    int attemptCount;
    EndCause cause;
    long requestBytes;
    long responseHeadNanos = -1;
    long endNanos;

    ExchangeState(
            LoopContext context, ServingState serving, ListenerConfig listener, ClientStream client, Head request) {
        this.context = context;
        this.serving = serving;
        this.listener = listener;
        this.client = client;
        this.request = request;
        this.response = new ClientResponse(client, request, context.date);
        this.startNanos = context.nanoTime();
        this.clientAddress = serving.trust().client(request, client.peer());
        this.trace = TraceContext.of(request.fields().get(FieldNames.TRACEPARENT));
        this.record = context.ledger.open(this);
    }

    /** Whether the request may be sent again: it is idempotent (RFC 9110, section 9.2.2). */
    final boolean idempotent() {
        return switch (request.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    private long lastProgressNanos() {
        return timer == null ? startNanos : timer.lastProgressNanos();
    }

    @Override
    public ExchangeTable.Row describe(long nowNanos, List<String> held) {
        return new ExchangeTable.Row(
                traceId(),
                rule(),
                method(),
                target == null ? "" : target.path(),
                endpoint == null ? backend() : endpoint.address() + ":" + endpoint.port(),
                (nowNanos - startNanos) / 1e9,
                (nowNanos - lastProgressNanos()) / 1e9,
                phase.label(),
                held);
    }

    @Override
    public EndCause cause() {
        return cause;
    }

    @Override
    public String traceId() {
        return trace.traceId();
    }

    @Override
    public String listener() {
        return listener.name();
    }

    @Override
    public String rule() {
        return rule == null ? null : rule.name();
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String target() {
        return request.target();
    }

    @Override
    public String host() {
        return target == null ? "" : target.host();
    }

    @Override
    public String client() {
        return clientAddress;
    }

    @Override
    public int status() {
        return response.status();
    }

    @Override
    public String backend() {
        return pool == null ? null : pool.id();
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public int attempts() {
        return attemptCount;
    }

    @Override
    public long requestBytes() {
        return requestBytes;
    }

    @Override
    public long responseBytes() {
        return response.bytes();
    }

    @Override
    public long startedMillis() {
        return startedMillis;
    }

    @Override
    public long durationNanos() {
        return endNanos - startNanos;
    }

    @Override
    public long responseHeadNanos() {
        return responseHeadNanos;
    }
}
