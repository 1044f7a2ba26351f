package io.proxyroute.testbed.attack;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.proxyroute.testbed.EventLoops;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hostile connections to one address, on one event loop. Behaviors take turns; a connection that the proxy closes or
 * refuses is opened again ten seconds later. Owns the loop until {@link #close}.
 */
public final class HostileClients implements AutoCloseable {

    private static final int OPENED_PER_TICK = 20;
    private static final int TICK_MILLIS = 10;
    private static final int REOPEN_SECONDS = 10;
    private static final int RECEIVE_BUFFER_BYTES = 4 << 10;
    private static final int BYTES_PER_READ = 256;
    private static final Behavior[] BEHAVIORS = Behavior.values();

    private final EventLoopGroup loops = EventLoops.open(1);
    private final EventLoop loop = loops.next();
    private final InetSocketAddress target;
    private final int connections;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private int started;

    private HostileClients(InetSocketAddress target, int connections) {
        this.target = target;
        this.connections = connections;
    }

    /** Starts to open connections after a delay, 2,000 a second. */
    public static HostileClients start(InetSocketAddress target, int connections, Duration delay) {
        HostileClients clients = new HostileClients(target, connections);
        clients.loop.scheduleAtFixedRate(clients::openSome, delay.toMillis(), TICK_MILLIS, TimeUnit.MILLISECONDS);
        return clients;
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }

    /** Connections that were opened. */
    public long opened() {
        return opened.get();
    }

    /** Connections that the proxy closed. */
    public long closed() {
        return closed.get();
    }

    /** Connections that could not be opened. */
    public long failed() {
        return failed.get();
    }

    private void openSome() {
        for (int i = 0; i < OPENED_PER_TICK && started < connections; i++) {
            connect(BEHAVIORS[started++ % BEHAVIORS.length]);
        }
    }

    private void connect(Behavior behavior) {
        new Bootstrap()
                .group(loop)
                .channel(EventLoops.clientChannel())
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .option(ChannelOption.AUTO_READ, behavior.reads())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BYTES_PER_READ))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Handler(behavior));
                    }
                })
                .connect(target)
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        failed.incrementAndGet();
                        again(behavior);
                    }
                });
    }

    private void again(Behavior behavior) {
        if (!loop.isShuttingDown()) {
            loop.schedule(() -> connect(behavior), REOPEN_SECONDS, TimeUnit.SECONDS);
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {

        private final Behavior behavior;
        private ScheduledFuture<?> everySecond;

        Handler(Behavior behavior) {
            this.behavior = behavior;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            open.incrementAndGet();
            opened.incrementAndGet();
            context.writeAndFlush(behavior.first());
            everySecond = loop.scheduleAtFixedRate(() -> act(context), 1, 1, TimeUnit.SECONDS);
        }

        private void act(ChannelHandlerContext context) {
            if (behavior.everySecond().isReadable()) {
                context.writeAndFlush(behavior.everySecond());
            }
            if (behavior == Behavior.SLOW_READER) {
                context.read();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            everySecond.cancel(false);
            open.decrementAndGet();
            closed.incrementAndGet();
            again(behavior);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // reset by the proxy
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
