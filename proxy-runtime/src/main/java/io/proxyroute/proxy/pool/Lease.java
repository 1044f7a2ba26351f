package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.ledger.Releasable;

/**
 * The right to use a connection, for one request after the other. Whoever acquired it enters it in the exchange's record
 * (it is a {@link Releasable}) or closes it. After the close every method is without effect. Confined to its loop.
 */
public final class Lease implements Releasable {

    Lease() {}

    /** The loop that the connection lives on. */
    public EventLoop loop() {
        throw new UnsupportedOperationException();
    }

    /** The backend's id. */
    public String backend() {
        throw new UnsupportedOperationException();
    }

    /** The address it goes to. */
    public Endpoint endpoint() {
        throw new UnsupportedOperationException();
    }

    /** Whether the connection has served a request before, and may therefore turn out to be closed by its peer. */
    public boolean reused() {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a request's head and listens for the answer. The answer before it must be complete. Host, framing and
     * hop-by-hop headers are the caller's business. A head that is a
     * {@link io.netty.handler.codec.http.FullHttpRequest} carries the whole request, and its content is taken over. Does
     * not flush.
     */
    public void send(HttpRequest head, AnswerListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Sends a part of the body, which is taken over. Does not flush. */
    public void write(HttpContent content) {
        throw new UnsupportedOperationException();
    }

    /** Sends what was written. */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /** Whether more should be written now: the socket takes it, and the buffers are under their high watermark. */
    public boolean writable() {
        throw new UnsupportedOperationException();
    }

    /** Asks for more of the answer. */
    public void read() {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives the connection back: kept for others where the request and its answer are complete and both sides keep it
     * alive, closed otherwise. Without effect the second time.
     */
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Closes. */
    @Override
    public void release() {
        close();
    }
}
