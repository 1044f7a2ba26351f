package io.proxyroute.proxy.http1;

import io.netty.channel.Channel;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.stream.ClientProtocol;
import io.proxyroute.proxy.stream.RequestHandler;

/** Serves accepted connections as HTTP/1.1. */
public final class Http1ClientProtocol implements ClientProtocol {

    private final EventLoops loops;
    private final Http1LoopStates http1;

    /** For connections on these loops. */
    public Http1ClientProtocol(EventLoops loops) {
        this.loops = loops;
        this.http1 = new Http1LoopStates(loops);
    }

    @Override
    public void accept(Channel channel, RequestHandler requests) {
        new Http1ClientConnection(channel, http1.of(channel), loops.wheel(loops.number(channel.eventLoop())), requests);
    }
}
