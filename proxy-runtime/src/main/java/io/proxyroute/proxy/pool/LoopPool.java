package io.proxyroute.proxy.pool;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.resolver.AddressResolverGroup;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.loop.EventLoops;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the pools of one loop share: how connections are opened, and the watch over leases. Confined to its loop. */
final class LoopPool {

    private static final Logger LOG = LoggerFactory.getLogger(LoopPool.class);
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final HttpDecoderConfig DECODER = new HttpDecoderConfig()
            .setMaxInitialLineLength(8192)
            .setMaxHeaderSize(65536)
            .setMaxChunkSize(65536);

    private final int number;
    private final EventLoop loop;
    private final DeadlineWheel wheel;
    private final Permits permits;
    private final Bootstrap byName;
    private final Bootstrap byAddress;
    private Lease firstLease;
    /** Where the watch goes on: moves along when that one ends with the exchange of the one that is taken back. */
    private Lease following;

    private final Deadline watch = new Deadline() {
        @Override
        protected void reached() {
            watch();
        }
    };

    LoopPool(EventLoops loops, int number, Permits permits, AddressResolverGroup<InetSocketAddress> resolvers) {
        this.number = number;
        this.loop = loops.all().get(number);
        this.wheel = loops.wheel(number);
        this.permits = permits;
        this.byName = new Bootstrap()
                .group(loop)
                .channel(loops.transport().client())
                .resolver(resolvers)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 << 10, 128 << 10));
        this.byAddress = byName.clone().disableResolver();
    }

    int number() {
        return number;
    }

    EventLoop loop() {
        return loop;
    }

    DeadlineWheel wheel() {
        return wheel;
    }

    Permits permits() {
        return permits;
    }

    /** Opens a connection; the caller holds a permit for it, and gives it back when this fails. */
    @SuppressWarnings("deprecation") // AUTO_CLOSE: see BackendConnection
    ChannelFuture connect(EndpointPool.Shard shard) {
        InetSocketAddress address = shard.pool().address();
        ChannelFuture opening = (address.isUnresolved() ? byName : byAddress)
                .clone()
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, permits.settings().connectMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ResponseDecoder decoder = new ResponseDecoder(DECODER);
                        channel.pipeline()
                                .addLast(decoder, new HttpRequestEncoder())
                                .addLast(new BackendConnection(shard, channel, decoder, wheel.nanoTime()));
                    }
                })
                .connect(address);
        return opening;
    }

    // --- the watch over leases

    void leased(Lease lease) {
        lease.next = firstLease;
        if (firstLease != null) {
            firstLease.previous = lease;
        }
        firstLease = lease;
        if (!watch.armed()) {
            wheel.armIn(watch, WATCH_NANOS);
        }
    }

    void returned(Lease lease) {
        if (lease == following) {
            following = lease.next;
        }
        if (lease.previous == null) {
            firstLease = lease.next;
        } else {
            lease.previous.next = lease.next;
        }
        if (lease.next != null) {
            lease.next.previous = lease.previous;
        }
        lease.previous = null;
        lease.next = null;
        if (firstLease == null) {
            watch.cancel();
        }
    }

    private void watch() {
        long now = wheel.nanoTime();
        PoolSettings settings = permits.settings();
        for (Lease lease = firstLease; lease != null; lease = following) {
            following = lease.next;
            long silent = lease.silentNanos(now);
            if (settings.abandonedNanos() > 0
                    && silent >= settings.abandonedNanos()
                    && lease.stalledSince(now - settings.abandonedNanos())) {
                LOG.warn("{} moved no byte for {} s: taken back", lease, TimeUnit.NANOSECONDS.toSeconds(silent));
                lease.abandon();
            } else if (settings.leakNanos() > 0 && silent >= settings.leakNanos() && !lease.reported) {
                lease.reported = true;
                lease.shard().pool().backend().suspected();
                LOG.warn("{} moved no byte for {} s", lease, TimeUnit.NANOSECONDS.toSeconds(silent));
            }
        }
        if (firstLease != null) {
            wheel.arm(watch, now + WATCH_NANOS);
        }
    }
}
