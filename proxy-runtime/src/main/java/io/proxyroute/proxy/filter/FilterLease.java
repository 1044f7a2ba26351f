package io.proxyroute.proxy.filter;

import io.netty.handler.codec.http.FullHttpRequest;
import io.proxyroute.filter.BackendLease;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.pool.Lease;
import java.io.IOException;
import java.util.function.Function;

/**
 * A pooled connection in a filter's hands. The filter's thread sends and waits; the loop writes and reads. Given back
 * through its ledger entry only, by whoever comes first: the filter or the end of the exchange.
 */
final class FilterLease implements BackendLease, Releasable {

    private final Lease lease;
    private final Function<BackendRequest, FullHttpRequest> encode;
    private volatile boolean revoked;
    private volatile boolean closed;
    private volatile FilterResponse answer;

    /** Confined to the loop, as is {@link #released}. */
    private OwnedResource holding;

    private boolean released;

    FilterLease(Lease lease, Function<BackendRequest, FullHttpRequest> encode) {
        this.lease = lease;
        this.encode = encode;
    }

    /** Called on the loop, once, before anything that {@link #close} asks the loop to do. */
    void enteredAs(OwnedResource entry) {
        holding = entry;
    }

    @Override
    public BackendResponse send(BackendRequest request) throws IOException, InterruptedException {
        return send(request, () -> {});
    }

    /** Sends, and closes the lease with the answer. */
    BackendResponse sendOnce(BackendRequest request) throws IOException, InterruptedException {
        try {
            return send(request, this::close);
        } catch (RuntimeException e) {
            close(); // the filter has nothing to close
            throw e;
        }
    }

    private BackendResponse send(BackendRequest request, Runnable whenClosed) throws IOException, InterruptedException {
        checkUsable();
        FullHttpRequest message = encode.apply(request);
        FilterResponse mine = new FilterResponse(lease, whenClosed);
        answer = mine;
        lease.loop().execute(() -> write(message, mine));
        boolean arrived = false;
        try {
            BackendResponse response = mine.await();
            arrived = true;
            return response;
        } finally {
            if (!arrived) {
                close(); // an answer that is still to come would be taken for that of the next request
            }
        }
    }

    private void checkUsable() throws IOException {
        if (revoked) {
            throw new ExchangeEndedException("the exchange is over; its connections were taken back");
        }
        if (closed) {
            throw new IOException("this lease is closed");
        }
        FilterResponse last = answer;
        if (last != null && !last.closed()) {
            throw new IllegalStateException("the response before this request has not been closed");
        }
        if (last != null && !last.over()) {
            close();
            throw new IOException("the response before this request was not read to its end; the connection is closed");
        }
    }

    private void write(FullHttpRequest message, FilterResponse listener) {
        if (released || !lease.ready()) {
            message.release();
            listener.cut(
                    released
                            ? "the exchange is over; its connections were taken back"
                            : "the backend closed the connection, or it was taken back after too long without use");
            return;
        }
        lease.send(message, listener);
        lease.flush();
        lease.read();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lease.loop().execute(() -> holding.release());
        }
    }

    @Override
    public void revoke() {
        revoked = true;
        closed = true;
    }

    @Override
    public void release() {
        released = true;
        lease.close();
        FilterResponse last = answer;
        if (last != null) {
            last.cut("the connection was given back before this was read");
        }
    }
}
