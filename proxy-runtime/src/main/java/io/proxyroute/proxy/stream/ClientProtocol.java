package io.proxyroute.proxy.stream;

import io.netty.channel.Channel;

/** Prepares accepted connections to carry streams. Implemented by the protocols; the assembly hands it to the listeners. */
@FunctionalInterface
public interface ClientProtocol {

    /** Adds the protocol's handlers to a channel. Called on the channel's event loop, before it is active. */
    void accept(Channel channel, RequestHandler requests);
}
