package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.pool.AcquireListener;
import io.proxyroute.proxy.pool.AcquireOptions;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.PendingAcquire;
import io.proxyroute.proxy.stream.BackendEvents;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;

/**
 * One attempt to get a response from a backend: acquires a lease, sends the request no faster than the backend reads,
 * and reads the response no faster than the client does. Retries and errors are up to the listener. The exchange's
 * record owns the lease. Confined to the exchange's loop.
 */
final class BackendAttempt implements AcquireListener, BackendEvents {

    private final ExchangeState exchange;
    private final Listener listener;
    private final ClientStream client;
    private final RequestBody body;

    /** Null before a lease is granted and after it is returned. */
    private Lease lease;

    private boolean granted;
    private boolean failed;
    private OwnedResource tracked;
    private boolean unflushed;
    private long requestBytes;
    private long requestConsumed;
    private long responseBytes;
    private long responseConsumed;

    /** Receives the events of the attempt. */
    interface Listener {

        /** A lease was granted: the request can be sent. */
        void leaseGranted();

        /** An interim response has arrived. */
        void responseInterim(Head head);

        /** The head of the final response has arrived; its body is forwarded as it arrives. */
        void responseHead(Head head);

        /** The response is complete. */
        void completed();

        /** Response bytes were written to the client's channel or to its socket. */
        void responseProgressed();

        /** Request bytes were written to the backend's socket. */
        void requestProgressed();

        /** No lease or no complete response. The caller must still release the lease. */
        void attemptFailed(EndCause why);

        /** See {@link BackendEvents#stalledSince}. */
        boolean stalledSince(long nanos);
    }

    BackendAttempt(ExchangeState exchange, Listener listener) {
        this.exchange = exchange;
        this.listener = listener;
        this.client = exchange.client;
        this.body = exchange.body;
    }

    /**
     * Asks the pool for a lease. The listener may be called before this returns.
     *
     * @param newConnectionOnly whether to open a new connection instead of reusing one
     * @param avoided the endpoint that has just failed the request; null if none has
     */
    void acquire(BackendPool pool, boolean newConnectionOnly, Endpoint avoided) {
        PendingAcquire pending = pool.acquire(
                exchange.context.loop,
                exchange.timer.requestDeadlineNanos(),
                new AcquireOptions(newConnectionOnly, avoided, body.isStreaming(), client.isServed()),
                this);
        if (!granted && !failed) {
            tracked = exchange.record.track(ResourceKind.CLOSEABLE, pool.id(), pending);
        }
    }

    @Override
    public void acquired(Lease lease) {
        granted = true;
        if (exchange.record.hasEnded()) {
            lease.close();
            return;
        }
        if (tracked != null) {
            tracked.release();
        }
        this.lease = lease;
        tracked = exchange.record.track(ResourceKind.LEASE, lease.backend(), lease);
        listener.leaseGranted();
    }

    // --- the request

    /** Whether the attempt has a lease. */
    boolean hasLease() {
        return lease != null;
    }

    /** Whether the lease's connection was used before, so the backend may have closed it. */
    boolean isOnReusedConnection() {
        return lease != null && lease.isReused();
    }

    /** The endpoint of the lease. */
    Endpoint endpoint() {
        return lease.endpoint();
    }

    /**
     * Sends the head and the buffered part of the body, then asks the client for the remainder.
     */
    void send() {
        lease.open(exchange.request, body.isEmpty(), this);
        body.sendBuffered(lease);
        if (exchange.inReadPass) {
            unflushed = true; // until the end of the read pass
        } else {
            lease.flush();
        }
        if (body.isStreaming()) {
            client.demand(true);
        }
    }

    /** Forwards a part of the client's body. Takes ownership of {@code data}. */
    void forward(ByteBuf data, boolean last) {
        requestBytes += data.readableBytes();
        body.forward(lease, data, last);
        unflushed = true;
        if (last) {
            lease.requestComplete();
        }
        if (!last && !lease.isWritable()) {
            client.demand(false);
        }
    }

    /** Forwards the client's trailers. */
    void forward(Fields trailers) {
        body.forward(lease, trailers);
        unflushed = true;
        lease.requestComplete();
    }

    /** Flushes what was written during the current read of the client's bytes; false if nothing was. */
    boolean flush() {
        if (!unflushed || lease == null) {
            return false;
        }
        unflushed = false;
        lease.flush();
        reportRequestConsumed();
        return true;
    }

    /** Whether more of the request should be sent now. */
    boolean isWritable() {
        return lease != null && lease.isWritable();
    }

    /** Bytes of the request that are not yet written to the backend's socket. */
    long pendingBytes() {
        return lease == null ? 0 : lease.pendingBytes();
    }

    private void reportRequestConsumed() {
        long written = requestBytes - lease.pendingBytes();
        if (written > requestConsumed) {
            client.consumed(written - requestConsumed);
            requestConsumed = written;
        }
    }

    @Override
    public void writabilityChanged() {
        if (lease == null || !lease.isWritable()) {
            return;
        }
        reportRequestConsumed();
        listener.requestProgressed();
        if (body.isStreaming()) {
            client.demand(true); // now waiting for the client
        }
    }

    // --- the response

    @Override
    public void interim(Head head) {
        listener.responseInterim(head);
        pauseUnlessWritable();
    }

    @Override
    public void head(Head head) {
        listener.responseHead(head);
    }

    @Override
    public void content(ByteBuf data, boolean last) {
        responseBytes += data.readableBytes();
        exchange.response.content(data, last);
        if (last) {
            listener.completed();
        } else {
            pauseUnlessWritable();
        }
    }

    @Override
    public void trailers(Fields trailers) {
        exchange.response.trailers(trailers);
        listener.completed();
    }

    private void pauseUnlessWritable() {
        if (lease != null && !client.isWritable()) {
            lease.demand(false);
        }
    }

    @Override
    public void readComplete() {
        client.flush();
        if (lease != null) {
            reportResponseConsumed();
            listener.responseProgressed();
        }
    }

    /** {@link ClientStream#isWritable()} may have changed. */
    void clientWritabilityChanged() {
        if (lease != null && client.isWritable()) {
            reportResponseConsumed();
            listener.responseProgressed();
            lease.demand(true);
        }
    }

    private void reportResponseConsumed() {
        long written = responseBytes - client.pendingBytes();
        if (written > responseConsumed) {
            lease.consumed(written - responseConsumed);
            responseConsumed = written;
        }
    }

    @Override
    public void failed(EndCause why) {
        failed = true;
        listener.attemptFailed(why);
    }

    @Override
    public boolean stalledSince(long nanos) {
        return listener.stalledSince(nanos);
    }

    // --- the end

    /** Returns the lease, so that another attempt can follow. */
    void abandon() {
        boolean leased = lease != null;
        detach();
        if (leased) {
            if (body.isStreaming()) {
                client.demand(false);
            }
            tracked.release();
        }
    }

    /** Returns the lease, or stops waiting for one: the client has its response. */
    void finish() {
        detach();
        if (tracked != null) {
            tracked.release();
        }
    }

    /** Called when the exchange has ended; its record returns the lease. */
    void detach() {
        lease = null;
        unflushed = false;
    }
}
