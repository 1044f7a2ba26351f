package io.proxyroute.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.proxyroute.proxy.routing.Hostnames;
import java.net.InetSocketAddress;
import java.util.List;

/** A listening socket. Thread-safe. */
final class BoundListener {

    private final String name;
    private final int wantedPort;
    private volatile Channel channel;
    private volatile Hostnames lastHostnames = Hostnames.of(List.of());
    private volatile boolean removed;

    BoundListener(String name, int wantedPort) {
        this.name = name;
        this.wantedPort = wantedPort;
    }

    String name() {
        return name;
    }

    /** As in the document: 0 where the system chose. */
    int wantedPort() {
        return wantedPort;
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    Channel channel() {
        return channel;
    }

    void bound(Channel socket) {
        channel = socket;
    }

    /** What it serves under a state; what it served last where the state has no such listener any more. */
    Hostnames hostnames(ServingState state) {
        Hostnames now = state.hostnames(name);
        if (now == null) {
            return lastHostnames;
        }
        if (lastHostnames != now) {
            lastHostnames = now;
        }
        return now;
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
