package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;

/** An exchange as the filter runtime sees it. Confined to {@link #loop()}: threads of filters hand over by execute. */
public interface FilterExchange {

    /** The exchange's loop. */
    EventLoop loop();

    /** Where everything that filters obtain is entered. */
    ExchangeRecord record();

    /** The request as it goes to the backend; hop-by-hop headers are gone, and edits count until the outcome. */
    HttpRequest request();

    /** Namespace and name of the route, as {@code namespace/name}. */
    String route();

    /** Name of the rule. */
    String rule();

    /** The W3C trace id: 32 hexadecimal digits. */
    String traceId();

    /** The value of a traceparent header for a request that is made on behalf of this exchange. */
    String childTraceparent();

    /** Ids of the backends that the rule names, in its order. */
    List<String> backends();

    /** When the answer's head is due, on the loop's clock; {@link Long#MAX_VALUE} where the rule sets no time. */
    long deadlineNanos();

    /**
     * Asks for the next part of the request's body: exactly one call of {@link FilterRun#body} follows for each, and
     * nothing more is read from the client before it is asked for. Without effect after the last part.
     */
    void readBody();

    /**
     * Go on to the backend, with what the filters have not read of the body: first the bytes given here, then what was
     * not handed out by {@link FilterRun#body} yet. A read that was asked for and not answered is forgotten.
     *
     * @param unread handed out and not used; taken over, and empty where the filters left the body alone
     */
    void proceed(ByteBuf unread);

    /** Go on to the backend with this body, which is taken over, in place of the client's. */
    void proceedWith(ByteBuf body);

    /**
     * AdminResponse in the backend's place.
     *
     * @param headers without framing, which is set here
     * @param body taken over
     */
    void respond(int status, HttpHeaders headers, ByteBuf body);

    /** The filters failed; the client gets the cause's answer. */
    void fail(EndCause cause);
}
