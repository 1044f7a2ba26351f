package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.HeaderMap;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.stream.BackendEvents;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A backend's response for a filter. The loop fills it; the filter's thread waits for the head and reads the body. The
 * socket is read only as far as the filter reads.
 */
final class FilterResponse implements BackendResponse, BackendEvents {

    private final Lease lease;
    private final Runnable whenClosed;
    private final BodyPipe body;
    private final CompletableFuture<Head> arrived = new CompletableFuture<>();
    private Head head;
    private FilterHeaders headers;
    private volatile boolean complete;
    private volatile boolean closed;

    /**
     * @param lease the connection, from which this reads one response
     * @param whenClosed called once, by the filter's thread, when it closes the response or has read it to its end
     */
    FilterResponse(Lease lease, Runnable whenClosed) {
        this.lease = lease;
        this.whenClosed = whenClosed;
        this.body = new BodyPipe(() -> lease.loop().execute(() -> lease.demand(true)), this::close);
    }

    /** Waits for the head. Called by the filter's thread. */
    void awaitHead() throws IOException, InterruptedException {
        try {
            head = arrived.get();
            headers = FilterHeaders.readOnly(head);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Whether the response has arrived completely. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the filter has closed the response or read it to its end. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public HeaderMap headers() {
        return headers;
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            whenClosed.run();
        }
    }

    /** Fails the remainder of the response. Called on the loop. */
    void abort(String reason) {
        arrived.completeExceptionally(new IOException(reason));
        body.fail(reason);
    }

    @Override
    public void interim(Head interim) {}

    @Override
    public void head(Head response) {
        lease.demand(false); // until the filter reads the body
        arrived.complete(response);
    }

    @Override
    public void content(ByteBuf data, boolean last) {
        boolean empty = !data.isReadable();
        try {
            body.add(data);
        } finally {
            data.release();
        }
        if (last) {
            complete();
        } else if (!empty) {
            lease.demand(false);
        }
    }

    @Override
    public void trailers(Fields trailers) {
        complete();
    }

    private void complete() {
        complete = true;
        body.complete();
        lease.demand(true); // to notice when the backend closes the connection
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(EndCause cause) {
        abort(
                cause.message().isEmpty()
                        ? "the backend closed the connection before the end of its response"
                        : cause.message());
    }
}
