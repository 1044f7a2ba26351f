package io.proxyroute.proxy.pool;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.stream.EndCause;

/**
 * One acquire, from the wish to the outcome: reuse, or connect, or wait and then either; where connecting fails, another
 * endpoint. Confined to its loop.
 */
final class Acquisition extends Deadline implements Acquire {

    private static final int MAX_CONNECT_TRIES = 3;

    private final BackendPool backend;
    private final LoopPool loop;
    private final AcquireListener listener;
    private final long startNanos;
    private final long giveUpNanos;
    private final boolean fresh;
    private EndpointPool[] endpoints;
    private int index;
    private int tries;
    private Waiter waiter;
    private boolean done;

    Acquisition(BackendPool backend, LoopPool loop, long deadlineNanos, boolean fresh, AcquireListener listener) {
        this.backend = backend;
        this.loop = loop;
        this.listener = listener;
        this.fresh = fresh;
        this.startNanos = loop.wheel().nanoTime();
        long acquire = loop.permits().settings().acquireNanos();
        this.giveUpNanos = acquire > 0 && startNanos + acquire - deadlineNanos < 0 || deadlineNanos == Long.MAX_VALUE
                ? acquire > 0 ? startNanos + acquire : Long.MAX_VALUE
                : deadlineNanos;
    }

    /** Whether only a new connection will do. */
    boolean fresh() {
        return fresh;
    }

    void start() {
        endpoints = backend.endpoints();
        if (endpoints.length == 0) {
            fail(EndCause.NO_ENDPOINT);
            return;
        }
        index = backend.turn(loop.number(), endpoints.length);
        for (int i = 0; i < endpoints.length; i++) {
            if (reuseOrConnect(at(index + i))) {
                return;
            }
        }
        await(at(index));
    }

    private EndpointPool.Shard at(int i) {
        return endpoints[i % endpoints.length].shard(loop.number());
    }

    private boolean reuseOrConnect(EndpointPool.Shard shard) {
        if (shard.pool().waiting > 0) {
            return false; // no overtaking
        }
        if (!fresh) {
            Lease lease = shard.reuse(startNanos);
            if (lease != null) {
                succeed(lease);
                return true;
            }
        }
        if (loop.permits().tryTake(shard.pool())) {
            connect(shard);
            return true;
        }
        return false;
    }

    private void await(EndpointPool.Shard shard) {
        waiter = new Waiter(shard, this, startNanos);
        switch (loop.permits().enqueue(waiter)) {
            case PERMITTED -> permitted(shard);
            case FULL -> fail(EndCause.POOL_EXHAUSTED);
            case CLOSED -> fail(EndCause.SHUTDOWN);
            case YES -> {
                armGiveUp();
                backend.pools().makeRoom(shard.pool());
            }
        }
    }

    private void armGiveUp() {
        if (!armed() && giveUpNanos != Long.MAX_VALUE) {
            loop.wheel().arm(this, giveUpNanos);
        }
    }

    /** A permit was granted to the waiter. */
    void permitted(EndpointPool.Shard shard) {
        waiter = null;
        if (done) {
            loop.permits().giveBack(shard.pool());
        } else {
            connect(shard);
        }
    }

    /** A connection of this loop became free for the waiter. */
    void handedOver(Lease lease) {
        waiter = null;
        if (done) {
            lease.close();
        } else {
            succeed(lease);
        }
    }

    /** The endpoint that was waited for is gone. Called on the loop, when the waiter is out of its queue. */
    void endpointGone() {
        waiter = null;
        if (!done) {
            start();
        }
    }

    private void connect(EndpointPool.Shard shard) {
        armGiveUp();
        ChannelFuture opening = loop.connect(shard);
        if (opening.isDone()) {
            connected(shard, opening);
        } else {
            opening.addListener(future -> connected(shard, opening));
        }
    }

    private void connected(EndpointPool.Shard shard, ChannelFuture opening) {
        Channel channel = opening.channel();
        if (!opening.isSuccess()) {
            channel.close();
            loop.permits().giveBack(shard.pool());
            if (!done) {
                tryNext();
            }
            return;
        }
        BackendConnection connection = channel.pipeline().get(BackendConnection.class);
        shard.opened();
        if (done) {
            shard.returned(connection); // whoever comes next may have it
        } else {
            succeed(shard.leased(connection, loop.wheel().nanoTime()));
        }
    }

    private void tryNext() {
        tries++;
        EndpointPool[] now = backend.endpoints();
        if (tries >= Math.min(now.length, MAX_CONNECT_TRIES)) {
            fail(now.length == 0 ? EndCause.NO_ENDPOINT : EndCause.CONNECT_FAILED);
            return;
        }
        endpoints = now;
        EndpointPool.Shard next = at(index + tries);
        if (!reuseOrConnect(next)) {
            await(next);
        }
    }

    private void succeed(Lease lease) {
        done = true;
        super.cancel();
        long now = loop.wheel().nanoTime();
        backend.acquired(loop.number(), now - startNanos, now);
        listener.acquired(lease);
    }

    private void fail(EndCause cause) {
        done = true;
        super.cancel();
        listener.failed(cause);
    }

    @Override
    protected void reached() {
        if (waiter != null) {
            loop.permits().cancel(waiter);
        }
        backend.timedOut();
        fail(EndCause.ACQUIRE_TIMEOUT);
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            super.cancel();
            if (waiter != null) {
                loop.permits().cancel(waiter);
            }
        }
    }

    /** The pool was closed. */
    void shutDown() {
        waiter = null;
        if (!done) {
            fail(EndCause.SHUTDOWN);
        }
    }
}
