package io.proxyroute.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;

/** A listening socket. Its name and the hosts that it serves change with the document. Thread-safe. */
final class BoundListener {

    private final int configuredPort;
    private volatile Channel channel;
    private volatile ListenerConfig latest;
    private volatile boolean removed;

    BoundListener(int configuredPort) {
        this.configuredPort = configuredPort;
    }

    /** As in the document: 0 if the system chooses. */
    int configuredPort() {
        return configuredPort;
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    void bound(Channel socket) {
        channel = socket;
    }

    /** Serves this from now on. */
    void serve(ListenerConfig config) {
        latest = config;
    }

    /** What it served last. */
    ListenerConfig latest() {
        return latest;
    }

    /** Whether its connections close with their next response. */
    boolean isRemoved() {
        return removed;
    }

    /** Starts to accept. */
    void accept() {
        channel.config().setAutoRead(true);
    }

    /** Stops accepting; its connections stay open. */
    ChannelFuture remove() {
        removed = true;
        return channel.close();
    }
}
