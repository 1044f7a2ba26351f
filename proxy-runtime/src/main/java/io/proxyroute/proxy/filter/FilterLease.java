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
 * A pooled connection that a filter uses. The filter's thread sends and waits; the loop writes and reads. Released through
 * its ledger entry, by the filter or at the end of the exchange, whichever comes first.
 */
final class FilterLease implements BackendLease, Releasable {

    private final Lease lease;
    private final Function<BackendRequest, Head> encode;
    private volatile boolean revoked;
    private volatile boolean closed;
    private volatile FilterResponse latest;

    /** Confined to the loop, as is {@link #released}. */
    private OwnedResource owned;

    private boolean released;

    FilterLease(Lease lease, Function<BackendRequest, Head> encode) {
        this.lease = lease;
        this.encode = encode;
    }

    /** Sets the ledger entry. Called on the loop, once, before any task that {@link #close} queues there. */
    void setLedgerEntry(OwnedResource entry) {
        owned = entry;
    }

    @Override
    public BackendResponse send(BackendRequest request) throws IOException, InterruptedException {
        return send(request, () -> {});
    }

    /** Sends a request, and closes the lease when the response is closed or read to its end. */
    BackendResponse sendOnce(BackendRequest request) throws IOException, InterruptedException {
        try {
            return send(request, this::close);
        } catch (RuntimeException e) {
            close(); // the filter has no response to close
            throw e;
        }
    }

    private BackendResponse send(BackendRequest request, Runnable whenClosed) throws IOException, InterruptedException {
        checkUsable();
        Head head = encode.apply(request);
        ByteBuf body = request.body() == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(request.body());
        FilterResponse response = new FilterResponse(lease, whenClosed);
        latest = response;
        lease.loop().execute(() -> write(head, body, response));
        boolean arrived = false;
        try {
            response.awaitHead();
            arrived = true;
            return response;
        } finally {
            if (!arrived) {
                close(); // a late response would be mistaken for the response to the next request
            }
        }
    }

    private void checkUsable() throws IOException {
        if (revoked) {
            throw new ExchangeEndedException("the exchange has ended; its connections were revoked");
        }
        if (closed) {
            throw new IOException("this lease is closed; acquire another one");
        }
        FilterResponse last = latest;
        if (last != null && !last.isClosed()) {
            throw new IllegalStateException(
                    "the previous response is not closed; close it before you send another request");
        }
        if (last != null && !last.isComplete()) {
            close();
            throw new IOException("the previous response was not read to its end, so the connection was closed;"
                    + " acquire another lease");
        }
    }

    private void write(Head head, ByteBuf body, FilterResponse response) {
        if (released || !lease.isReady()) {
            body.release();
            response.abort(
                    released
                            ? "the exchange has ended; its connections were revoked"
                            : "the backend closed the connection, or the pool revoked it because it was unused too long");
            return;
        }
        boolean empty = !body.isReadable();
        lease.open(head, empty, response);
        if (empty) {
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
            lease.loop().execute(() -> owned.release());
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
            last.abort("the lease was closed before the response was read to its end");
        }
    }
}
