package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.filter.BackendLease;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.stream.Head;
import java.io.IOException;
import java.util.function.Function;

/**
 * A pooled connection in a filter's hands. The filter's thread sends and waits; the loop writes and reads. Given back
 * through its ledger entry only, by whoever comes first: the filter or the end of the exchange.
 */
final class FilterLease implements BackendLease, Releasable {

    private final Lease lease;
    private final Function<BackendRequest, Head> encode;
    private volatile boolean revoked;
    private volatile boolean closed;
    private volatile FilterResponse latest;

    /** Confined to the loop, as is {@link #released}. */
    private OwnedResource holding;

    private boolean released;

    FilterLease(Lease lease, Function<BackendRequest, Head> encode) {
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

    /** Sends, and closes the lease with the response. */
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
        Head head = encode.apply(request);
        ByteBuf body = request.body() == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(request.body());
        FilterResponse mine = new FilterResponse(lease, whenClosed);
        latest = mine;
        lease.loop().execute(() -> write(head, body, mine));
        boolean arrived = false;
        try {
            BackendResponse response = mine.await();
            arrived = true;
            return response;
        } finally {
            if (!arrived) {
                close(); // a response that is still to come would be taken for that of the next request
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
        FilterResponse last = latest;
        if (last != null && !last.closed()) {
            throw new IllegalStateException("the response before this request has not been closed");
        }
        if (last != null && !last.over()) {
            close();
            throw new IOException("the response before this request was not read to its end; the connection is closed");
        }
    }

    private void write(Head head, ByteBuf body, FilterResponse receiver) {
        if (released || !lease.ready()) {
            body.release();
            receiver.cut(
                    released
                            ? "the exchange is over; its connections were taken back"
                            : "the backend closed the connection, or it was taken back after too long without use");
            return;
        }
        boolean none = !body.isReadable();
        lease.open(head, none, receiver);
        if (none) {
            body.release();
        } else {
            lease.content(body, true);
        }
        lease.flush();
        lease.demand(true);
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
        FilterResponse last = latest;
        if (last != null) {
            last.cut("the connection was given back before this was read");
        }
    }
}
