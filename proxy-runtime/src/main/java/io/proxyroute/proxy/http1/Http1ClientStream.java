package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Peer;
import io.proxyroute.proxy.stream.Protocol;
import io.proxyroute.proxy.wire.Wire;

/**
 * One request on a client's connection, and its response: framed for the client's protocol version, with the connection
 * kept open only if the next message can be delimited. Owns no resources. Confined to the loop of the connection.
 */
final class Http1ClientStream implements ClientStream {

    private final Owner owner;
    private final Wire wire;
    private final HeadEncoder heads;
    private final BodyEncoder body;
    private final boolean http10;
    private final boolean isHeadRequest;
    private final boolean expectsContinue;
    private boolean keepAlive;
    private boolean continueSent;
    private boolean bodyStarted;
    private boolean requestComplete;
    private boolean responseComplete;
    private boolean ended;

    /** The connection that carries the stream. */
    interface Owner {

        /** The client. */
        Peer peer();

        /** Whether a request was completed before. */
        boolean isServed();

        /** Sets whether the request's body is delivered. */
        void demandBody(boolean enabled);

        /** Whether the connection closes with its next response, whatever the client asks for. */
        boolean isClosing();

        /** Flushes buffered writes. */
        void flush();

        /** The exchange keeps this many bytes of the request. */
        void keeps(long bytes);

        /** The response is complete. */
        void completed(boolean keepAlive);

        /** Resets the connection: the stream ended before its response was complete. */
        void reset();
    }

    /**
     * A request whose head has arrived.
     *
     * @param keepAlive whether the client asks for the connection to stay open
     */
    Http1ClientStream(Owner owner, Wire wire, HeadEncoder heads, BodyEncoder body, Head head, boolean keepAlive) {
        this.owner = owner;
        this.wire = wire;
        this.heads = heads;
        this.body = body;
        this.http10 = head.receivedAs() == Protocol.HTTP_1_0;
        this.isHeadRequest = head.isHead();
        this.expectsContinue = "100-continue".equalsIgnoreCase(head.fields().get(FieldNames.EXPECT));
        this.keepAlive = keepAlive;
        this.requestComplete = head.length() == 0;
    }

    // --- for the connection

    /** A part of the request's body has arrived. */
    void bodyReceived(boolean complete, boolean empty) {
        bodyStarted |= !empty;
        requestComplete |= complete;
    }

    boolean requestComplete() {
        return requestComplete;
    }

    /** The connection cannot carry another request. */
    void forbidKeepAlive() {
        keepAlive = false;
    }

    /** The connection has ended; the stream must not use it. */
    void detach() {
        ended = true;
    }

    // --- for the exchange

    @Override
    public Peer peer() {
        return owner.peer();
    }

    @Override
    public boolean isServed() {
        return owner.isServed();
    }

    @Override
    public boolean awaitsContinue() {
        return expectsContinue && !continueSent && !bodyStarted;
    }

    @Override
    public boolean interim(Head head) {
        if (http10 || ended) {
            return false;
        }
        continueSent |= head.status() == 100 && awaitsContinue();
        heads.response(head, HeadEncoder.Framing.NONE, HeadEncoder.Connection.DEFAULT, wire.appender());
        return true;
    }

    @Override
    public void head(Head head) {
        if (ended) {
            return;
        }
        int status = head.status();
        boolean bodiless = isHeadRequest || status == 204 || status == 304;
        boolean chunked = head.length() == Head.UNKNOWN && !bodiless && !http10;
        boolean selfDelimiting = bodiless || chunked || head.length() != Head.UNKNOWN;
        // The client got no 100 response, and may or may not send its body now.
        boolean bodyMayFollow = awaitsContinue() && !requestComplete;
        keepAlive = keepAlive && selfDelimiting && !bodyMayFollow && !owner.isClosing();
        HeadEncoder.Framing framing = chunked
                ? HeadEncoder.Framing.CHUNKED
                : head.length() == Head.UNKNOWN || status == 204
                        ? HeadEncoder.Framing.NONE
                        : HeadEncoder.Framing.LENGTH;
        heads.response(head, framing, connection(), wire.appender());
        body.begin(chunked, bodiless);
    }

    private HeadEncoder.Connection connection() {
        if (!keepAlive) {
            return HeadEncoder.Connection.CLOSE;
        }
        return http10 ? HeadEncoder.Connection.KEEP_ALIVE : HeadEncoder.Connection.DEFAULT;
    }

    @Override
    public void content(ByteBuf data, boolean last) {
        if (ended) {
            data.release();
            return;
        }
        body.content(data, last);
        responseComplete |= last;
    }

    @Override
    public void trailers(Fields trailers) {
        if (!ended) {
            body.end(trailers);
            responseComplete = true;
        }
    }

    @Override
    public void flush() {
        if (!ended) {
            owner.flush();
        }
    }

    @Override
    public void whenFlushed(Runnable action) {
        wire.whenFlushed(action);
    }

    @Override
    public void keeps(long bytes) {
        if (!ended) {
            owner.keeps(bytes);
        }
    }

    @Override
    public boolean isWritable() {
        return wire.isWritable();
    }

    @Override
    public long pendingBytes() {
        return wire.pendingBytes();
    }

    @Override
    public void demand(boolean enabled) {
        if (!ended && !requestComplete) {
            owner.demandBody(enabled);
        }
    }

    /** Has no effect: only {@link #demand} paces an HTTP/1.1 client. */
    @Override
    public void consumed(long bytes) {}

    @Override
    public void abandonRequest() {
        keepAlive = false;
    }

    @Override
    public void end(EndCause why) {
        if (!ended) {
            ended = true;
            if (responseComplete) {
                owner.completed(keepAlive);
            } else {
                owner.reset();
            }
        }
    }

    @Override
    public void abort(EndCause why) {
        if (!ended) {
            ended = true;
            owner.reset();
        }
    }
}
