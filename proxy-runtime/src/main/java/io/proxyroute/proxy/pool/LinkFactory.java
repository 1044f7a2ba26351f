package io.proxyroute.proxy.pool;

import io.netty.channel.Channel;

/** Turns the channel of a new backend connection into a link. Implemented by the protocols. */
@FunctionalInterface
public interface LinkFactory {

    /** Adds the protocol's handlers to a channel. Called on the channel's event loop, before it is connected. */
    Link create(Channel channel, Link.Owner owner);
}
