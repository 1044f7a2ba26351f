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
 * A small HTTP/1.1 server for administration: aggregated requests, bounded bodies, handlers off the event loop. The admin
 * port and the health port have one each.
 */
public final class ControlServer implements AutoCloseable {

    private static final int IDLE_SECONDS = 90;

    private final ControlConnections connections;
    private final Channel listener;

    /**
     * Binds the port.
     *
     * @param group one loop is enough; not closed here
     * @param executor runs the handlers; a request that it rejects gets 503
     * @param limits limits on requests and connections
     * @param tls null for a plain port
     * @param port 0 for any free port
     * @throws IOException the port cannot be bound
     */
    public ControlServer(
            Transport transport,
            EventLoopGroup group,
            Executor executor,
            Router router,
            ServerLimits limits,
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
                            pipeline.addLast(new OperatorAuthorizer());
                        }
                        ControlHandler handler = new ControlHandler(router, executor, limits.firstRequestTimeout());
                        pipeline.addLast(new HttpObjectAggregator(limits.maxBodyBytes(), true), handler);
                        connections.add(channel, handler);
                    }
                });
        var bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot bind port " + port + ": " + bound.cause().getMessage(), bound.cause());
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
