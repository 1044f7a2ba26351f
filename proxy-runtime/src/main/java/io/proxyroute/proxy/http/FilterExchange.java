package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.List;

/**
 * An exchange as the filter runtime sees it. Confined to {@link #loop()}; filter threads reach it with {@code execute}.
 */
public interface FilterExchange {

    /** The exchange's loop. */
    EventLoop loop();

    /** The record in which everything that filters obtain is entered. */
    ExchangeRecord record();

    /**
     * The request as the backend receives it. Its fields may be edited until the outcome; a {@code host} field replaces
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

    /** When the response head is due, on the loop's clock; {@link Long#MAX_VALUE} if the rule has no such timeout. */
    long deadlineNanos();

    /**
     * Requests the next part of the body: exactly one call of {@link FilterRun#body} follows, and nothing is read from
     * the client without a request. Has no effect after the last part.
     */
    void readBody();

    /**
     * Proceeds to the backend with what the filters have not used of the body: first these bytes, then what
     * {@link FilterRun#body} has not delivered yet. Cancels a pending read. Takes ownership of {@code unread}.
     *
     * @param unread bytes that were delivered and not consumed; may be empty
     */
    void proceed(ByteBuf unread);

    /** Proceeds to the backend with this body instead of the client's. Takes ownership of {@code body}. */
    void proceedWith(ByteBuf body);

    /**
     * Responds in the backend's place. Takes ownership of {@code body}.
     *
     * @param status 200 to 599
     * @param fields reserved ones are dropped
     */
    void respond(int status, Fields fields, ByteBuf body);

    /** The filters failed; the client gets the response of the cause. */
    void fail(EndCause cause);
}
