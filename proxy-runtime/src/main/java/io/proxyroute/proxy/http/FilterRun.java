package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;

/** One run of a rule's filters. Called on the exchange's loop; must neither block nor throw. */
public interface FilterRun {

    /**
     * The next part of the request's body, in answer to {@link FilterExchange#readBody()}.
     *
     * @param content owned by the run; may be empty
     * @param last nothing follows
     */
    void body(ByteBuf content, boolean last);

    /**
     * The exchange is over. Called once, after its record has ended; whatever the run still brings forth is dropped. Also
     * called for a run that had its outcome long before.
     */
    void ended();
}
