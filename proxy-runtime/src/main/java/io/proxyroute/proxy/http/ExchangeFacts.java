package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.HttpRequest;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.proxy.ledger.TrackedExchange;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.EndCause;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What is told of an exchange, in tables while it runs and to listeners when it has ended. Written by {@link Exchange},
 * on its loop.
 */
abstract sealed class ExchangeFacts implements TrackedExchange, EndedExchange permits Exchange {

    final ClientConnection connection;
    final ServingState state;
    final HttpRequest request;
    final long startNanos;
    private final long startedMillis = System.currentTimeMillis();

    TraceContext trace;
    RequestTarget target;
    RouteRule rule;
    BackendPool pool;
    Endpoint endpoint;
    int attempts;
    EndCause cause;
    int status;
    long requestBytes;
    long responseBytes;
    long headNanos = -1;
    long endNanos;

    ExchangeFacts(ClientConnection connection, ServingState state, HttpRequest request, long startNanos) {
        this.connection = connection;
        this.state = state;
        this.request = request;
        this.startNanos = startNanos;
    }

    /** What the exchange waits for, in words. */
    abstract String phaseWords();

    /** When a byte last moved, on the loop's clock. */
    abstract long movedNanos();

    @Override
    public ExchangeTable.Row describe(long nowNanos, List<String> held) {
        return new ExchangeTable.Row(
                traceId(),
                rule(),
                method(),
                target == null ? "" : target.path(),
                endpoint == null ? backend() : endpoint.address() + ":" + endpoint.port(),
                (nowNanos - startNanos) / 1e9,
                (nowNanos - movedNanos()) / 1e9,
                phaseWords(),
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
        return connection.listener().under(state).name();
    }

    @Override
    public String rule() {
        return rule == null ? null : rule.name();
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String target() {
        return request.uri();
    }

    @Override
    public String host() {
        return target == null ? "" : target.host();
    }

    @Override
    public InetSocketAddress client() {
        return connection.client();
    }

    @Override
    public int status() {
        return status;
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
        return attempts;
    }

    @Override
    public long requestBytes() {
        return requestBytes;
    }

    @Override
    public long responseBytes() {
        return responseBytes;
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
    public long headNanos() {
        return headNanos;
    }
}
