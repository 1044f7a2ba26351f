package io.proxyroute.proxy.pool;

import io.netty.channel.Channel;
import io.proxyroute.proxy.loop.Deadline;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A connection to an endpoint, which lends streams. Extended by the protocols; kept, lent, moved and closed by the
 * pool. Confined to the event loop of its channel.
 */
public abstract class Link {

    private static final double MAX_LIFETIME_JITTER = 0.1;

    private final Channel channel;
    private final long openedNanos;
    /** How much of the pool's maximum lifetime the link uses, so that links opened together do not close together. */
    private final double lifetimeShare;

    private long backendIdleNanos = Long.MAX_VALUE;
    private Owner owner;

    // --- its neighbors among the idle links of its owner and of its event loop
    Link olderIdle;
    Link newerIdle;
    Link olderOnLoop;
    Link newerOnLoop;
    long idleSinceNanos;
    /** Whether its permit was released. */
    boolean permitReleased;

    final Deadline idleEnd = new Deadline() {
        @Override
        protected void onExpired() {
            owner.expired(Link.this);
        }
    };

    /** Owns the link: the links to one endpoint on one event loop. Changes when an idle link moves. */
    public interface Owner extends Lease.Owner {

        /** The clock of its event loop. */
        long nanoTime();

        /** The link's stream was returned, and the link can lend another. */
        void returned(Link link);

        /** The link is closed. */
        void closed(Link link);

        /** The link has reached its maximum idle time or lifetime. */
        void expired(Link link);

        /**
         * A response is no longer awaited.
         *
         * @param waitedNanos time since its request was sent
         * @param started whether the response has started
         */
        void responded(long waitedNanos, boolean started);

        /** The backend closed the connection, or sent no valid response, and had not closed it when it was leased. */
        void requestFailed();
    }

    /** A link over a channel that is being connected. */
    protected Link(Channel channel, Owner owner) {
        this.channel = channel;
        this.owner = owner;
        this.openedNanos = owner.nanoTime();
        this.lifetimeShare =
                1 - MAX_LIFETIME_JITTER * ThreadLocalRandom.current().nextDouble();
    }

    /** Its channel. */
    protected final Channel channel() {
        return channel;
    }

    /** Its owner. */
    protected final Owner owner() {
        return owner;
    }

    /** Called when the link has moved to the new owner's event loop. */
    final void moveTo(Owner other) {
        owner = other;
    }

    /** The time until the link has lived long enough; 0 or less if it has. */
    final long lifetimeLeftNanos(long maxLifetimeNanos, long nowNanos) {
        return (long) (maxLifetimeNanos * lifetimeShare) - (nowNanos - openedNanos);
    }

    /** How long the link may be idle before the backend closes it; {@link Long#MAX_VALUE} if unknown. */
    final long backendIdleNanos() {
        return backendIdleNanos;
    }

    /** Sets how long the backend keeps an idle connection, if it says so. */
    protected final void setBackendIdleNanos(long nanos) {
        backendIdleNanos = nanos;
    }

    /** Lends a stream; the link is {@link #isReusable()}, and no longer among the idle ones. */
    protected abstract Lease open();

    /**
     * Whether the link can lend a stream, with nothing left of an earlier one. Input beyond a response would be taken
     * for that of the next request, so a link that has any is not reused.
     */
    protected abstract boolean isReusable();

    /** Whether nothing is waiting to be written, so that an idle link can move to another event loop. */
    protected abstract boolean isMovable();

    /** The pool keeps the link idle, or takes it back from there; a link that was idle counts as reused. */
    protected abstract void markReused();

    /** Closes the link. {@link Owner#closed} follows. */
    protected final void close() {
        channel.close();
    }
}
