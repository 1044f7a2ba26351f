package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;

/** One run of a rule's filters. Called on the exchange's loop; must neither block nor throw. */
public interface FilterRun {

    /**
     * Delivers the next part of the request's body, once for each {@link FilterExchange#readBody()}.
     *
     * @param content owned by the run; may be empty
     * @param last whether this is the last part
     */
    void body(ByteBuf content, boolean last);

    /**
     * The exchange has ended. Called once, after its record has ended, even if the filters have had an outcome. A later
     * outcome is dropped.
     */
    void ended();
}
