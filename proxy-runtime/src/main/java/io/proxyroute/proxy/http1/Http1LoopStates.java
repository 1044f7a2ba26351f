package io.proxyroute.proxy.http1;

import io.netty.channel.Channel;
import io.proxyroute.proxy.loop.EventLoops;

/** The {@link Http1LoopState} of each event loop. Thread-safe. */
final class Http1LoopStates {

    private final EventLoops loops;
    private final Http1LoopState[] byNumber;

    Http1LoopStates(EventLoops loops) {
        this.loops = loops;
        this.byNumber = new Http1LoopState[loops.count()];
        for (int i = 0; i < byNumber.length; i++) {
            byNumber[i] = new Http1LoopState();
        }
    }

    /** The state of a channel's current event loop, which may change for an idle link. */
    Http1LoopState of(Channel channel) {
        return byNumber[loops.number(channel.eventLoop())];
    }
}
