package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;

/**
 * A place in an endpoint's queue. Queued and taken out under the {@link Permits} monitor; told on its loop, where it may
 * have been given up meanwhile.
 */
final class Waiter {

    final EndpointPool endpoint;
    final EndpointPool.Shard shard;
    final Acquisition acquisition;
    final long sinceNanos;
    /** Guarded by the permits: whether it waits. */
    boolean queued;

    Waiter(EndpointPool.Shard shard, Acquisition acquisition, long sinceNanos) {
        this.endpoint = shard.pool();
        this.shard = shard;
        this.acquisition = acquisition;
        this.sinceNanos = sinceNanos;
    }

    EventLoop loop() {
        return shard.loop();
    }

    /** A permit is the waiter's now. Called on any thread. */
    void permitted() {
        loop().execute(() -> acquisition.permitted(shard));
    }
}
