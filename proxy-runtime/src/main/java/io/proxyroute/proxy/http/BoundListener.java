package io.proxyroute.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;

/** A listening socket. Its name and the hosts that it serves change with the document. Thread-safe. */
final class BoundListener {

    private final int configuredPort;
    private volatile Channel channel;
    private volatile ListenerConfig lastConfig;
    private volatile boolean retired;

    BoundListener(int configuredPort) {
        this.configuredPort = configuredPort;
    }

    /** The port in the document; 0 if the system chooses one. */
    int configuredPort() {
        return configuredPort;
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    void setChannel(Channel channel) {
        this.channel = channel;
    }

    /** Sets what it serves from now on. */
    void serve(ListenerConfig config) {
        lastConfig = config;
    }

    /** What it serves, or served last if it is closed. */
    ListenerConfig lastConfig() {
        return lastConfig;
    }

    /** Whether its connections close with their next response. */
    boolean isRetired() {
        return retired;
    }

    /** The document no longer has it. It keeps accepting until it is closed, so that the backlog is served. */
    void retire() {
        retired = true;
    }

    /** A document has it again. */
    void revive() {
        retired = false;
    }

    /** Starts or stops accepting connections; those in the backlog wait. */
    void accept(boolean enabled) {
        // On another thread, a read that is pending would still accept some.
        channel.eventLoop().execute(() -> channel.config().setAutoRead(enabled));
    }

    /** Stops accepting; its connections stay open. */
    ChannelFuture close() {
        retired = true;
        return channel.close();
    }
}
