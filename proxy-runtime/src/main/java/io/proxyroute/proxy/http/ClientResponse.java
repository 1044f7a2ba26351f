package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.proxyroute.proxy.routing.HeaderEdit;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What one exchange sends to its client: the response of a backend, edited by the rule, or one of the proxy's own. Every
 * part of a response passes through here. Owns nothing; confined to the exchange's loop.
 */
final class ClientResponse {

    /** How long a client should wait before it repeats a request that got status 429 or 503. */
    private static final AsciiString RETRY_AFTER_SECONDS = AsciiString.cached("1");

    private final ClientStream client;
    private final Head request;
    private final HttpDate date;
    private int status;
    private long bytes;
    private boolean interimSent;
    private boolean continueSent;

    ClientResponse(ClientStream client, Head request, HttpDate date) {
        this.client = client;
        this.request = request;
        this.date = date;
    }

    /** The status that was sent; 0 if none was. */
    int status() {
        return status;
    }

    /** Body bytes that were sent. */
    long bytes() {
        return bytes;
    }

    /** Whether an interim response was forwarded. */
    boolean interimSent() {
        return interimSent;
    }

    /** Forwards an interim response if the client's version supports it. */
    void interim(Head head) {
        interimSent |= client.interim(head);
    }

    /** Sends 100 Continue if the client waits for it. Called when a filter reads the body. */
    void sendContinue() {
        if (client.awaitsContinue()) {
            continueSent = true;
            client.interim(Head.response(100, Protocol.HTTP_1_1, 0, new Fields()));
            client.flush();
        }
    }

    /** Removes Expect if 100 Continue was already sent, regardless of filter edits (RFC 9110, section 10.1.1). */
    void removeExpectIfContinued() {
        if (continueSent) {
            request.fields().remove(FieldNames.EXPECT);
        }
    }

    /** Sends the head of a backend's response, whose body follows. */
    void head(Head head, RouteRule rule) {
        List<HeaderEdit> edits = rule.responseEdits();
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(head);
        }
        send(head);
    }

    /** Sends a head, with {@code Date} if it has none (RFC 9110, section 6.6.1). */
    private void send(Head head) {
        status = head.status();
        if (!head.fields().contains(FieldNames.DATE)) {
            head.fields().set(FieldNames.DATE, date.format(System.currentTimeMillis()));
        }
        client.head(head);
    }

    /** Forwards a part of the body. Takes ownership of {@code data}. */
    void content(ByteBuf data, boolean last) {
        bytes += data.readableBytes();
        client.content(data, last);
    }

    /** Ends the response with trailers. */
    void trailers(Fields trailers) {
        client.trailers(trailers);
    }

    /** Sends a complete response of the proxy or a filter. Takes ownership of the body. */
    void send(int code, Fields fields, ByteBuf body) {
        bytes = request.isHead() ? 0 : body.readableBytes();
        send(Head.response(code, Protocol.HTTP_1_1, body.readableBytes(), fields));
        client.content(body, true);
    }

    /** Sends the proxy's own response for a failure: one sentence, the cause and the trace id. */
    void error(EndCause why, String traceId) {
        String text = why.message() + " (" + why + ", trace " + traceId + ")\n";
        Fields fields = new Fields();
        fields.set(FieldNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (why.status() == 503 || why.status() == 429) {
            fields.set(FieldNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        send(why.status(), fields, Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }
}
