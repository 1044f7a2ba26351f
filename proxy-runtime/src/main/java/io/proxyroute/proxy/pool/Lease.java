package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.ledger.Releasable;

/**
 * The right to use a connection, for one request after the other. Whoever acquired it enters it in the exchange's record
 * (it is a {@link Releasable}) or closes it. After the close every method is without effect. Confined to its loop.
 */
public final class Lease implements Releasable {

    private final EndpointPool.Shard shard;
    private final boolean reused;
    /** Null once it is closed. */
    BackendConnection connection;

    private String holder;
    boolean reported;

    Lease(BackendConnection connection, boolean reused) {
        this.connection = connection;
        this.shard = connection.shard;
        this.reused = reused;
    }

    /** The loop that the connection lives on. */
    public EventLoop loop() {
        return shard.loop();
    }

    /** The backend's id. */
    public String backend() {
        return shard.pool().backend().id();
    }

    /** The address it goes to. */
    public Endpoint endpoint() {
        return shard.pool().endpoint();
    }

    /** Whether the connection has served a request or lain idle before, and may therefore turn out to be closed by its peer. */
    public boolean reused() {
        return reused;
    }

    /**
     * Names the holder where it is not the exchange itself.
     *
     * @param who filter and site, for the report
     */
    public void heldBy(String who) {
        holder = who;
    }

    /**
     * Sends a request's head and listens for the answer, which arrives unless {@link #pause()} stops it. The answer before
     * it must be complete. Host, framing and hop-by-hop headers are the caller's business. A head that is a {@link
     * io.netty.handler.codec.http.FullHttpRequest} carries the whole request, and its content is taken over. Does not
     * flush.
     *
     * @throws IllegalStateException the exchange before is not complete, or the lease is closed
     */
    public void send(HttpRequest head, ResponseListener listener) {
        if (connection == null) {
            ReferenceCountUtil.release(head);
            throw new IllegalStateException("the lease is closed");
        }
        connection.send(head, listener);
    }

    /** Sends a part of the body, which is taken over. Does not flush. */
    public void write(HttpContent content) {
        if (connection == null) {
            content.release();
        } else {
            connection.write(content);
        }
    }

    /** Sends what was written. */
    public void flush() {
        if (connection != null) {
            connection.flush();
        }
    }

    /** Whether more should be written now: the socket takes it, and the buffers are under their high watermark. */
    public boolean writable() {
        return connection != null && connection.writable();
    }

    /** Bytes that were written and that the socket has not taken yet. */
    public long pendingBytes() {
        return connection == null ? 0 : connection.pendingBytes();
    }

    /** Whether another request may be sent. */
    public boolean ready() {
        return connection != null && connection.clean();
    }

    /**
     * Reads once. From the first call on, the answer arrives only as far as it is asked for: each call lets at least one
     * message through, and what else came with it, up to 64 KiB.
     */
    public void read() {
        if (connection != null) {
            connection.autoRead(false);
            connection.channel.read();
        }
    }

    /** Stops reading the answer; at most what was read already still arrives, up to 64 KiB. */
    public void pause() {
        if (connection != null) {
            connection.autoRead(false);
        }
    }

    /** Goes on reading the answer. */
    public void resume() {
        if (connection != null) {
            connection.autoRead(true);
        }
    }

    /**
     * Gives the connection back: kept for others where the request and its answer are complete and both sides keep it
     * alive, closed otherwise. Without effect the second time.
     */
    public void close() {
        if (connection != null) {
            BackendConnection returned = connection;
            connection = null;
            shard.leaseEnded(this);
            returned.returned();
        }
    }

    /** Closes. */
    @Override
    public void release() {
        close();
    }

    // --- for the watch

    Lease previous;
    Lease next;

    long silentNanos(long nowNanos) {
        return connection == null ? 0 : connection.silentNanos(nowNanos);
    }

    EndpointPool.Shard shard() {
        return shard;
    }

    /** Takes the connection back from a holder that does nothing with it. */
    void abandon() {
        shard.pool().backend().abandoned();
        connection.abandon();
        close();
    }

    boolean stalledSince(long nanos) {
        return connection != null && connection.stalledSince(nanos);
    }

    @Override
    public String toString() {
        return "lease of a connection to " + backend() + " at " + endpoint().address() + ":"
                + endpoint().port() + (holder == null ? "" : ", held by " + holder);
    }
}
