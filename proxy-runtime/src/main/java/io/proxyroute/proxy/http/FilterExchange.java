package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.List;

/** An exchange as the filter runtime sees it. Confined to {@link #loop()}: threads of filters hand over by execute. */
public interface FilterExchange {

    /** The exchange's loop. */
    EventLoop loop();

    /** Where everything that filters obtain is entered. */
    ExchangeRecord record();

    /**
     * The request as it goes to the backend. Edits of its fields count until the outcome; a {@code host} field replaces
     * the authority, and reserved fields are dropped.
     */
    Head request();

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

    /** When the response's head is due, on the loop's clock; {@link Long#MAX_VALUE} where the rule sets no time. */
    long deadlineNanos();

    /**
     * Asks for the next part of the request's body: exactly one call of {@link FilterRun#body} follows for each, and
     * nothing more is read from the client before. Has no effect after the last part.
     */
    void readBody();

    /**
     * Goes on to the backend, with what the filters have not read of the body: first the bytes given here, then what was
     * not handed out by {@link FilterRun#body} yet. A read that is pending is cancelled.
     *
     * @param unread bytes that were delivered and not consumed; ownership is taken. May be empty
     */
    void proceed(ByteBuf unread);

    /** Proceeds to the backend with this body instead of the client's. Takes ownership of it. */
    void proceedWith(ByteBuf body);

    /**
     * Responds in the backend's place.
     *
     * @param status 200 to 599
     * @param fields reserved ones are dropped
     * @param body ownership is taken
     */
    void respond(int status, Fields fields, ByteBuf body);

    /** The filters failed; the client gets the response of the cause. */
    void fail(EndCause cause);
}
