package io.proxyroute.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.proxyroute.proxy.loop.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/**
 * A small HTTP/1.1 server for administration: whole requests, bounded bodies, answers made off the event loop. One for the
 * admin port, one for the health port.
 */
public final class ControlServer implements AutoCloseable {

    private static final int IDLE_SECONDS = 90;

    private final ControlConnections connections;
    private final Channel listener;

    /**
     * Listens.
     *
     * @param group one loop is enough; not closed here
     * @param executor makes the answers; what it refuses is answered by 503
     * @param limits on requests and connections
     * @param tls null for a plain port
     * @param port 0 lets the system choose
     * @throws IOException the port cannot be bound
     */
    public ControlServer(
            Transport transport,
            EventLoopGroup group,
            Executor executor,
            Routes routes,
            Limits limits,
            AdminTls tls,
            String host,
            int port)
            throws IOException {
        connections = new ControlConnections(limits.maxConnections());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.server())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        ChannelPipeline pipeline = channel.pipeline();
                        if (tls != null) {
                            pipeline.addLast(tls.handler(channel.alloc()));
                        }
                        pipeline.addLast(new IdleStateHandler(0, 0, IDLE_SECONDS), new HttpServerCodec());
                        if (tls != null) {
                            pipeline.addLast(new PeerCheck());
                        }
                        ControlHandler handler = new ControlHandler(routes, executor, limits.firstRequest());
                        pipeline.addLast(new HttpObjectAggregator(limits.maxBodyBytes(), true), handler);
                        connections.add(channel, handler);
                    }
                });
        var bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "port " + port + " cannot be bound: " + bound.cause().getMessage(), bound.cause());
        }
        listener = bound.channel();
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Closes the port and its connections. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close();
    }
}
