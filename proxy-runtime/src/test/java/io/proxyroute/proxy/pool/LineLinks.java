package io.proxyroute.proxy.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.proxyroute.proxy.stream.BackendEvents;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Links of the smallest protocol that the pool can lend: a request is one line, and so is its response. The head's target
 * is the line. Shows that the pool needs no HTTP.
 */
final class LineLinks implements LinkFactory {

    /** Every link that was created. */
    final List<LineLink> created = new CopyOnWriteArrayList<>();
    /** Called before a link is created; may throw. */
    volatile Runnable beforeCreate = () -> {};
    /** Called on the loop when a link has left it, with nothing registered. */
    volatile Consumer<Channel> onDeregistered = channel -> {};
    /** Called when the pool asks whether a link can move. */
    volatile Consumer<Channel> onMovableQuery = channel -> {};

    /** Called when a link is about to be idle, or has moved. */
    volatile Runnable onMarkReused = () -> {};

    volatile boolean movable = true;

    @Override
    public Link create(Channel channel, Link.Owner owner) {
        beforeCreate.run();
        LineLink link = new LineLink(channel, owner);
        channel.pipeline().addLast(link.new Handler());
        created.add(link);
        return link;
    }

    /** How many are open. */
    long open() {
        return created.stream().filter(link -> link.channelOpen()).count();
    }

    final class LineLink extends Link {

        private boolean reused;
        private boolean broken;
        private LineLease lease;
        private BackendEvents events;
        private boolean responding;
        private long sentNanos;
        private long lastByteNanos;

        LineLink(Channel channel, Owner owner) {
            super(channel, owner);
        }

        boolean channelOpen() {
            return channel().isOpen();
        }

        /** Closes the channel, as if the backend had, on its loop. */
        void disconnect() {
            channel().close();
        }

        @Override
        protected Lease open() {
            lastByteNanos = owner().nanoTime();
            lease = new LineLease(owner(), this, reused);
            return lease;
        }

        @Override
        protected boolean isReusable() {
            return !responding && !broken && channel().isActive();
        }

        @Override
        protected boolean isMovable() {
            onMovableQuery.accept(channel());
            return movable;
        }

        @Override
        protected void markReused() {
            reused = true;
            onMarkReused.run();
        }

        private void send(String line, BackendEvents to) {
            if (!isReusable()) {
                throw new IllegalStateException("the request before is not complete");
            }
            events = to;
            reused = true;
            responding = true;
            sentNanos = owner().nanoTime();
            ByteBuf data = channel().alloc().buffer();
            data.writeCharSequence(line + "\n", StandardCharsets.ISO_8859_1);
            channel().write(data);
        }

        private void finish() {
            lease = null;
            if (responding) {
                owner().responded(owner().nanoTime() - sentNanos, false);
                broken = true;
            }
            events = null;
            if (isReusable()) {
                owner().returned(this);
            } else {
                close();
            }
        }

        private void fail(EndCause cause) {
            BackendEvents receiver = events;
            events = null;
            broken = true;
            if (receiver != null) {
                receiver.failed(cause);
            }
            close();
        }

        private final class Handler extends ChannelInboundHandlerAdapter {

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf data = (ByteBuf) message;
                if (events == null) {
                    data.release();
                    broken = true;
                    close();
                    return;
                }
                lastByteNanos = owner().nanoTime();
                int end = data.bytesBefore((byte) '\n');
                boolean last = end >= 0;
                if (last) {
                    responding = false;
                    owner().responded(lastByteNanos - sentNanos, true);
                }
                events.content(data, last);
            }

            @Override
            public void channelUnregistered(ChannelHandlerContext context) {
                if (channel().isOpen()) {
                    onDeregistered.accept(channel());
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                fail(EndCause.BACKEND_RESET);
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                if (responding) {
                    fail(EndCause.BACKEND_RESET);
                }
                owner().closed(LineLink.this);
            }
        }
    }

    static final class LineLease extends Lease {

        final LineLink link;
        private final boolean reused;

        LineLease(Owner owner, LineLink link, boolean reused) {
            super(owner);
            this.link = link;
            this.reused = reused;
        }

        @Override
        public boolean isReused() {
            return reused;
        }

        @Override
        public boolean isReady() {
            return !isClosed() && link.isReusable();
        }

        @Override
        public void open(Head head, boolean last, BackendEvents events) {
            link.send(head.target(), events);
        }

        @Override
        public void content(ByteBuf data, boolean last) {
            data.release();
        }

        @Override
        public void trailers(Fields trailers) {}

        @Override
        public void flush() {
            link.channel().flush();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        protected void setReading(boolean enabled) {}

        @Override
        public void consumed(long bytes) {}

        @Override
        protected void returnToLink() {
            link.finish();
        }

        @Override
        protected long lastByteNanos() {
            return link.lastByteNanos;
        }

        @Override
        protected boolean stalledSince(long nanos) {
            return link.events == null || link.events.stalledSince(nanos);
        }

        @Override
        protected void fail(EndCause why) {
            link.fail(why);
        }
    }
}
