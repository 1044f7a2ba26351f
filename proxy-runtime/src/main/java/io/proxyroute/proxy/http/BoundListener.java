package io.proxyroute.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;

/** A listening socket. What it is called and which hosts it serves changes with the document. Thread-safe. */
final class BoundListener {

    private final int wantedPort;
    private volatile Channel channel;
    private volatile ServingState.ListenerConfig last;
    private volatile boolean removed;

    BoundListener(int wantedPort) {
        this.wantedPort = wantedPort;
    }

    /** As in the document: 0 where the system chose. */
    int wantedPort() {
        return wantedPort;
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    void bound(Channel socket) {
        channel = socket;
    }

    /** It is served as this from now on. */
    void served(ServingState.ListenerConfig as) {
        last = as;
    }

    /** What it is under a state; what it was last where the state has no such listener any more. */
    ServingState.ListenerConfig under(ServingState state) {
        ServingState.ListenerConfig now = state.listenerConfig(this);
        return now == null ? last : now;
    }

    /** Whether its connections are to be closed with their next answer. */
    boolean removed() {
        return removed;
    }

    /** Begins to accept. */
    void accept() {
        channel.config().setAutoRead(true);
    }

    /** Stops accepting; its connections live on. */
    ChannelFuture remove() {
        removed = true;
        return channel.close();
    }
}
