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
 * A backend's response on its way to a filter: the loop fills it, the filter's thread waits for its head and reads its
 * body. What is not asked for is not read from the socket.
 */
final class FilterResponse implements BackendResponse, BackendEvents {

    private final Lease lease;
    private final Runnable whenClosed;
    private final BodyPipe body;
    private final CompletableFuture<Head> arrived = new CompletableFuture<>();
    private Head head;
    private Headers headers;
    private volatile boolean complete;
    private volatile boolean closed;

    /**
     * @param lease the connection, of which this reads one response
     * @param whenClosed run by the filter's thread when it closes the response or has read it to its end
     */
    FilterResponse(Lease lease, Runnable whenClosed) {
        this.lease = lease;
        this.whenClosed = whenClosed;
        this.body = new BodyPipe(() -> lease.loop().execute(() -> lease.demand(true)), this::close);
    }

    /** Waits for the head. Called by the filter's thread. */
    BackendResponse await() throws IOException, InterruptedException {
        try {
            head = arrived.get();
            headers = Headers.readOnly(head);
            return this;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Whether the connection has nothing more to bring for this response, and the filter is done with it. */
    boolean over() {
        return complete && closed;
    }

    boolean closed() {
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

    /** The connection was taken back. Called on the loop. */
    void cut(String reason) {
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
        lease.demand(true); // so that the end of the connection is noticed
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(EndCause cause) {
        cut(cause.message().isEmpty() ? "The backend's response was cut short." : cause.message());
    }
}
