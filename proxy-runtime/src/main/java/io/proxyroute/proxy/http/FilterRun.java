package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;

/** One run of a rule's filters. Called on the exchange's loop; must neither block nor throw. */
public interface FilterRun {

    /**
     * Delivers the next part of the request's body, once for each {@link FilterExchange#readBody()}.
     *
     * @param content owned by the run; may be empty
     * @param last nothing follows
     */
    void body(ByteBuf content, boolean last);

    /**
     * The exchange has ended. Called once, after its record has ended, also where the outcome is long known. Any later
     * outcome is dropped.
     */
    void ended();
}
