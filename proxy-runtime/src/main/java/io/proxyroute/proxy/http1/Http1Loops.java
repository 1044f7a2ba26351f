package io.proxyroute.proxy.http1;

import io.netty.channel.Channel;
import io.proxyroute.proxy.loop.EventLoops;

/** The {@link Http1Loop} of each event loop. Thread-safe. */
final class Http1Loops {

    private final EventLoops loops;
    private final Http1Loop[] byNumber;

    Http1Loops(EventLoops loops) {
        this.loops = loops;
        this.byNumber = new Http1Loop[loops.count()];
        for (int i = 0; i < byNumber.length; i++) {
            byNumber[i] = new Http1Loop();
        }
    }

    /** That of the event loop to which a channel belongs now; an idle link's may change. */
    Http1Loop of(Channel channel) {
        return byNumber[loops.number(channel.eventLoop())];
    }
}
