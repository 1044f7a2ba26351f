package io.proxyroute.proxy.pool;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.proxyroute.proxy.stream.EndCause;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Opens links on one event loop. Confined to the loop. */
final class LoopConnector {

    private final EventLoop loop;
    private final Capacity capacity;
    private final LinkFactory links;
    private final PermitWatch permits;
    private final Bootstrap byName;
    private final Bootstrap byAddress;

    /** Receives the outcome: exactly one call, on the event loop, possibly before {@link #connect} returns. */
    interface Listener {

        /** The link is connected. */
        void opened(Link link);

        /**
         * Connecting failed.
         *
         * @param link null if it was not created
         * @param cause CONNECT_FAILED, CONNECT_TIMEOUT or DNS_FAILED
         */
        void failed(Link link, EndCause cause);
    }

    /**
     * A connector.
     *
     * @param capacity its settings hold the connect timeout
     */
    LoopConnector(
            EventLoop loop,
            Class<? extends SocketChannel> type,
            AddressResolverGroup<InetSocketAddress> resolvers,
            Capacity capacity,
            PermitWatch permits,
            LinkFactory links) {
        this.loop = loop;
        this.capacity = capacity;
        this.permits = permits;
        this.links = links;
        this.byName = new Bootstrap()
                .group(loop)
                .channel(type)
                .resolver(resolvers)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 << 10, 128 << 10));
        this.byAddress = byName.clone().disableResolver();
    }

    /**
     * Opens a link. The listener is called on every failure, including an {@link Error}.
     *
     * @param address unresolved if the endpoint is given by name
     */
    @SuppressWarnings(
            "deprecation") // AUTO_CLOSE: data that the backend sent before it stopped reading must still be read
    void connect(InetSocketAddress address, Link.Owner owner, Listener listener) {
        ConnectAttempt opening = new ConnectAttempt(owner, listener);
        permits.addHolder();
        ChannelFuture connected;
        try {
            connected = (address.isUnresolved() ? byName : byAddress)
                    .clone()
                    .option(ChannelOption.AUTO_CLOSE, false)
                    .option(
                            ChannelOption.CONNECT_TIMEOUT_MILLIS,
                            capacity.settings().connectMillis())
                    .handler(opening.initializer)
                    .connect(address);
        } catch (Throwable t) {
            opening.fail(t);
            return;
        }
        if (connected.isDone()) {
            opening.operationComplete(connected);
        } else {
            connected.addListener(opening);
        }
    }

    private final class ConnectAttempt implements ChannelFutureListener {

        private final Listener listener;
        private final ChannelInitializer<Channel> initializer;
        private Link link;

        ConnectAttempt(Link.Owner owner, Listener listener) {
            this.listener = listener;
            this.initializer = new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    try {
                        link = links.create(channel, owner);
                    } catch (Throwable t) {
                        channel.close(); // which fails the attempt to connect
                    }
                }
            };
        }

        @Override
        public void operationComplete(ChannelFuture connected) {
            if (!loop.inEventLoop()) {
                loop.execute(() -> operationComplete(connected)); // not registered: Netty reports on another thread
                return;
            }
            if (connected.isSuccess() && link != null) {
                connected.channel().closeFuture().addListener(_ -> permits.removeHolder());
                listener.opened(link);
                return;
            }
            fail(connected.cause());
        }

        /** The bootstrap has closed the channel; a link is closed again for safety. */
        void fail(Throwable why) {
            permits.removeHolder();
            try {
                if (link != null) {
                    link.close();
                }
            } finally {
                listener.failed(link, cause(why));
            }
        }

        private static EndCause cause(Throwable why) {
            return switch (why) {
                case ConnectTimeoutException e -> EndCause.CONNECT_TIMEOUT;
                case UnknownHostException e -> EndCause.DNS_FAILED;
                case null, default -> EndCause.CONNECT_FAILED;
            };
        }
    }
}
