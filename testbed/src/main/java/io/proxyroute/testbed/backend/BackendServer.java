package io.proxyroute.testbed.backend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.proxyroute.testbed.EventLoops;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The HTTP server. Owns its event loops and connections until {@link #close}. Thread-safe. */
public final class BackendServer implements AutoCloseable {

    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Channel listener;

    private BackendServer(int port, String name, int threads) throws InterruptedException {
        loops = EventLoops.open(threads);
        listener = new ServerBootstrap()
                .group(loops)
                .channel(EventLoops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(new HttpServerCodec(), new BackendHandler(name, draining::get));
                    }
                })
                .bind(port)
                .sync()
                .channel();
    }

    /**
     * Starts a server.
     *
     * @param port 0 for any free port
     * @param name value of the response header {@code x-backend}
     */
    public static BackendServer start(int port, String name, int threads) throws InterruptedException {
        return new BackendServer(port, name, threads);
    }

    /** The port that the server listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The number of open connections. */
    public int connections() {
        return connections.size();
    }

    /** Closes each connection after its next response, but keeps accepting for the given time; then closes the server. */
    public void drain(Duration time) {
        draining.set(true);
        GlobalEventExecutor.INSTANCE
                .schedule(this::close, time.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }

    /** Waits until the listener is closed. */
    public void awaitClose() throws InterruptedException {
        listener.closeFuture().sync();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
