package io.proxyroute.proxy.filter;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.HeaderMap;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.ResponseListener;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A backend's answer on its way to a filter: the loop fills it, the filter's thread waits for its head and reads its
 * body. What is not asked for is not read from the socket.
 */
final class FilterResponse implements BackendResponse, ResponseListener {

    private final Lease lease;
    private final Runnable whenClosed;
    private final BodyPipe body;
    private final CompletableFuture<HttpResponse> arrived = new CompletableFuture<>();
    private HttpResponse head;
    private Headers headers;
    private volatile boolean complete;
    private volatile boolean closed;

    /**
     * @param lease the connection, of which this reads one answer
     * @param whenClosed run by the filter's thread when it closes the answer or has read it to its end
     */
    FilterResponse(Lease lease, Runnable whenClosed) {
        this.lease = lease;
        this.whenClosed = whenClosed;
        this.body = new BodyPipe(() -> lease.loop().execute(lease::read), this::close);
    }

    /** Waits for the head. Called by the filter's thread. */
    BackendResponse await() throws IOException, InterruptedException {
        try {
            head = arrived.get();
            headers = Headers.readOnly(head.headers());
            return this;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Whether the connection has nothing more to bring for this answer, and the filter is done with it. */
    boolean over() {
        return complete && closed;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public int status() {
        return head.status().code();
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
    public void interim(HttpResponse interim) {
        lease.read();
    }

    @Override
    public void head(HttpResponse answer) {
        arrived.complete(answer);
    }

    @Override
    public void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        boolean empty = !content.content().isReadable();
        try {
            body.add(content.content());
        } finally {
            content.release();
        }
        if (last) {
            complete = true;
            body.complete();
        } else if (empty) {
            lease.read();
        }
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(EndCause cause) {
        cut(cause.message().isEmpty() ? "The backend's answer was cut short." : cause.message());
    }
}
