package io.proxyroute.proxy.http1;

import io.netty.channel.Channel;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.Link;
import io.proxyroute.proxy.pool.LinkFactory;

/** Creates links to backends that speak HTTP/1.1. */
public final class Http1LinkFactory implements LinkFactory {

    private final Http1LoopStates loops;

    /** For connections on these loops. */
    public Http1LinkFactory(EventLoops loops) {
        this.loops = new Http1LoopStates(loops);
    }

    @Override
    public Link create(Channel channel, Link.Owner owner) {
        return new Http1Link(channel, owner, loops);
    }
}
