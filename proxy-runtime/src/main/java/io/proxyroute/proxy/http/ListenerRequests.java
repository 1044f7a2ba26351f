package io.proxyroute.proxy.http;

import io.proxyroute.proxy.overload.OverloadAction;
import io.proxyroute.proxy.stream.ClientConnection;
import io.proxyroute.proxy.stream.ClientEvents;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.HeadLimits;
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
        if (context.overload.isActive(OverloadAction.REFUSE_REQUESTS)) {
            context.overload.count(OverloadAction.REFUSE_REQUESTS);
            stream.abandonRequest();
            exchange.respondWithError(EndCause.OVERLOADED);
            return exchange;
        }
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
    public HeadLimits headLimits() {
        return state.serving().headLimits();
    }

    @Override
    public long idleTimeoutNanos() {
        return context.overload.shortened(state.serving().idleTimeoutNanos());
    }

    @Override
    public long requestHeadersTimeoutNanos() {
        return state.serving().requestHeadersTimeoutNanos();
    }

    @Override
    public boolean isClosing() {
        if (context.overload.isActive(OverloadAction.CLOSE_AFTER_RESPONSE)) {
            context.overload.count(OverloadAction.CLOSE_AFTER_RESPONSE);
            return true;
        }
        return state.isDraining() || listener.isRetired();
    }

    @Override
    public void connectionOpened(ClientConnection connection) {
        context.connections.opened(connection);
    }

    @Override
    public void connectionServed(ClientConnection connection) {
        context.connections.served(connection);
    }

    @Override
    public void bytesHeld(ClientConnection connection, long bytes) {
        context.connections.held(connection, bytes);
    }

    @Override
    public void connectionClosed(ClientConnection connection) {
        context.connections.closed(connection);
    }
}
