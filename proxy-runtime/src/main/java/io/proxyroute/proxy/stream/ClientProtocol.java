package io.proxyroute.proxy.stream;

import io.netty.channel.Channel;

/** Prepares accepted connections to carry streams. Implemented by each protocol; the assembly passes it to the listeners. */
@FunctionalInterface
public interface ClientProtocol {

    /** Adds the protocol's handlers to a channel. Called on the channel's event loop, before it is active. */
    void accept(Channel channel, RequestHandler requests);
}
