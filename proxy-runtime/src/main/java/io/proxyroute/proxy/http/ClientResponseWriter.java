package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.proxyroute.proxy.routing.RouteRule;

/**
 * How one exchange answers its client: framed as the client's version knows it, and with the connection kept open only
 * where both sides will find the next message on it. Decides nothing else, and owns nothing. Confined to the loop of the
 * connection.
 */
final class ClientResponseWriter {

    private final ClientConnection connection;
    private final HttpRequest request;
    private final boolean http10;
    private final boolean toHead;
    private final boolean expectsContinue;
    private boolean keepAlive;
    private boolean interimSent;
    private boolean continued;
    private boolean askedForBody;

    ClientResponseWriter(ClientConnection connection, HttpRequest request) {
        this.connection = connection;
        this.request = request;
        this.http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        this.toHead = request.method().equals(HttpMethod.HEAD);
        this.expectsContinue = HttpUtil.is100ContinueExpected(request);
    }

    /** The request could be read, so what it asks for the connection counts; until then the connection is to close. */
    void understood() {
        keepAlive = HttpUtil.isKeepAlive(request);
    }

    /** No further request can come. */
    void halfClosed() {
        keepAlive = false;
    }

    /** Whether the connection may serve another exchange after this one. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Whether the client holds its body back until it is asked for it. */
    boolean awaitsContinue(long requestBytes) {
        return expectsContinue && !continued && requestBytes == 0;
    }

    /** Whether the client has seen something of the backend that it asked. */
    boolean interimSent() {
        return interimSent;
    }

    /**
     * Passes a 1xx on, to a client that knows them.
     *
     * @return whether it is the 100 that the client waits for
     */
    boolean interim(HttpResponse head, long requestBytes) {
        if (http10) {
            return false;
        }
        boolean leave = head.status().equals(HttpResponseStatus.CONTINUE) && awaitsContinue(requestBytes);
        continued |= leave;
        interimSent = true;
        connection.write(OutboundResponse.interim(connection.channel(), head));
        return leave;
    }

    /** Asks for the body in the backend's place, where the client holds it back: somebody here wants to read it. */
    void askForBody(long requestBytes) {
        if (awaitsContinue(requestBytes)) {
            continued = true;
            askedForBody = true;
            connection.write(OutboundResponse.goOn(connection.channel()));
            connection.flush();
        }
    }

    /** The backend need not say what the client has been told, whatever filters did to the headers (RFC 9110, 10.1.1). */
    void settleExpectation() {
        if (askedForBody) {
            request.headers().remove(HttpHeaderNames.EXPECT);
        }
    }

    /** Sends the head of a backend's answer, whose body follows. */
    void head(HttpResponse head, RouteRule rule, boolean bodyInDoubt) {
        boolean framed = OutboundResponse.prepare(head, rule, toHead, http10);
        send(head, framed, bodyInDoubt);
    }

    /**
     * Sends a whole answer, which it takes over.
     *
     * @param sound whether the request was, so that the next one can be found behind it
     * @return bytes of its body that the client gets
     */
    int whole(FullHttpResponse answer, boolean sound, boolean bodyInDoubt) {
        int bytes = toHead ? 0 : answer.content().readableBytes();
        send(answer, sound, bodyInDoubt);
        return bytes;
    }

    private void send(HttpResponse head, boolean endIsClear, boolean bodyInDoubt) {
        keepAlive = keepAlive
                && endIsClear
                && !bodyInDoubt
                && !connection.worker().frontend.draining()
                && !connection.listener().removed();
        OutboundResponse.announce(head.headers(), keepAlive, http10);
        connection.encoder().answerToHead(toHead);
        connection.write(head);
    }
}
