package io.proxyroute.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** The socket implementation: native epoll on Linux, the JDK's selectors elsewhere. */
public enum Transport {
    /** Linux only; detects a peer's half-close without reading. */
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),
    /** The JDK's selectors; every platform. */
    NIO(NioServerSocketChannel.class, NioSocketChannel.class);

    private static final long MAX_UNSENT_BYTES = 64 << 10;

    private final Class<? extends ServerSocketChannel> server;
    private final Class<? extends SocketChannel> client;

    Transport(Class<? extends ServerSocketChannel> server, Class<? extends SocketChannel> client) {
        this.server = server;
        this.client = client;
    }

    /** The best transport available on this machine. */
    public static Transport available() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** The channel type of listening sockets. */
    public Class<? extends ServerSocketChannel> server() {
        return server;
    }

    /** The channel type of outbound connections. */
    public Class<? extends SocketChannel> client() {
        return client;
    }

    /**
     * Limits the bytes of a connection that the kernel keeps before it sends them, where the transport can. Otherwise a
     * client that does not read makes it keep up to 4 MiB, which counts against the container's memory.
     */
    public void limitUnsentBytes(Channel connection) {
        if (this == EPOLL) {
            connection.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
        }
    }

    /** The I/O handlers for a group of event loops. */
    public IoHandlerFactory handlers() {
        return this == EPOLL ? EpollRearmWorkaround.newFactory() : NioIoHandler.newFactory();
    }
}
