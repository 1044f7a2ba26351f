package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.stream.BackendStream;
import io.proxyroute.proxy.stream.EndCause;

/**
 * A stream lent by the pool, for consecutive requests. The holder tracks it in the exchange's record
 * or closes it. Extended by the protocols. Confined to its event loop.
 */
public abstract class Lease implements BackendStream, Releasable {

    private final Owner owner;
    private String holder;
    private boolean closed;
    /** Null if the request was complete when the lease was acquired, or is now. */
    private Runnable onRequestComplete;

    /** Whether the response is not being read. */
    private boolean paused;

    // --- used by LeaseWatch
    Lease previous;
    Lease next;
    boolean leakReported;

    /** The source of leases: the links to one endpoint on one event loop. */
    public interface Owner {

        /** The event loop of its links. */
        EventLoop loop();

        /** The backend's id. */
        String backend();

        /** The address of its links. */
        Endpoint endpoint();

        /** The holder stopped or resumed reading the response, since its client stopped or resumed. */
        void leaseStalled(Lease lease, boolean stalled);

        /** A lease was closed. */
        void leaseClosed(Lease lease);

        /** A lease has transferred no bytes for {@code leakDetectionThreshold}. Called once for a lease. */
        void leaseSuspected(Lease lease);

        /** A lease has transferred no bytes for {@code abandonedTimeout} and is being reclaimed. */
        void leaseAbandoned(Lease lease);
    }

    /** A lease of one of the owner's links. */
    protected Lease(Owner owner) {
        this.owner = owner;
    }

    final Owner owner() {
        return owner;
    }

    /** The event loop that it is confined to. */
    public final EventLoop loop() {
        return owner.loop();
    }

    /** The backend's id. */
    public final String backend() {
        return owner.backend();
    }

    /** The address of the endpoint. */
    public final Endpoint endpoint() {
        return owner.endpoint();
    }

    /**
     * Names the holder, if it is not the exchange itself.
     *
     * @param holder filter and site, for the report
     */
    public final void setHolder(String holder) {
        this.holder = holder;
    }

    final void onRequestComplete(Runnable action) {
        onRequestComplete = action;
    }

    /** The last byte of the request has arrived from the client: the lease no longer counts as an upload. Idempotent. */
    public final void requestComplete() {
        Runnable action = onRequestComplete;
        if (action != null) {
            onRequestComplete = null;
            action.run();
        }
    }

    @Override
    public final void demand(boolean enabled) {
        if (!closed) {
            setReading(enabled);
            setPaused(!enabled);
        }
    }

    /** A filter may take its time with a response that it has requested. */
    private void setPaused(boolean nowPaused) {
        if (paused != nowPaused && holder == null) {
            paused = nowPaused;
            owner.leaseStalled(this, nowPaused);
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            setPaused(false);
            closed = true;
            requestComplete();
            owner.leaseClosed(this);
            returnToLink();
        }
    }

    /** Closes. */
    @Override
    public final void release() {
        close();
    }

    /** Starts or stops reading the response. */
    protected abstract void setReading(boolean enabled);

    /** Whether it was closed. */
    protected final boolean isClosed() {
        return closed;
    }

    /** Gives the stream back to its link, and cancels a response that is not complete. Called once. */
    protected abstract void returnToLink();

    /** When a byte was last transferred, on the loop's clock. */
    protected abstract long lastByteNanos();

    /** Whether the holder has transferred no bytes on its other side since then, and no deadline limits that. */
    protected abstract boolean stalledSince(long nanos);

    /** Reports a failure to the receiver of the pending response; closes the link if there is none. */
    protected abstract void fail(EndCause why);

    @Override
    public final String toString() {
        return "lease of a connection to " + backend() + " at " + endpoint().address() + ":"
                + endpoint().port() + (holder == null ? "" : ", held by " + holder);
    }
}
