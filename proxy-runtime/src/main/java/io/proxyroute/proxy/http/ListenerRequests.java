package io.proxyroute.proxy.http;

import io.proxyroute.proxy.stream.ClientConnection;
import io.proxyroute.proxy.stream.ClientEvents;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.RequestHandler;

/** Starts an exchange for each request that one listener receives on one loop. Confined to that loop. */
final class ListenerRequests implements RequestHandler {

    private final CurrentState state;
    private final BoundListener listener;
    private final LoopContext context;

    ListenerRequests(CurrentState state, BoundListener listener, LoopContext context) {
        this.state = state;
        this.listener = listener;
        this.context = context;
    }

    @Override
    public ClientEvents begin(ClientStream stream, Head head) {
        Exchange exchange = exchange(stream, head);
        boolean started = false;
        try {
            exchange.begin();
            started = true;
        } finally {
            if (!started) {
                exchange.failed(EndCause.INTERNAL);
            }
        }
        return exchange;
    }

    @Override
    public void reject(ClientStream stream, Head head, EndCause why) {
        exchange(stream, head).respondWithError(why);
    }

    private Exchange exchange(ClientStream stream, Head head) {
        ServingState serving = state.serving();
        return new Exchange(context, serving, serving.config(listener), stream, head);
    }

    @Override
    public long idleTimeoutNanos() {
        return state.serving().idleTimeoutNanos();
    }

    @Override
    public long requestHeadersTimeoutNanos() {
        return state.serving().requestHeadersTimeoutNanos();
    }

    @Override
    public boolean isClosing() {
        return state.isDraining() || listener.isRetired();
    }

    @Override
    public void connectionOpened(ClientConnection connection) {
        context.connectionOpened(connection);
    }

    @Override
    public void connectionClosed(ClientConnection connection) {
        context.connectionClosed(connection);
    }
}
