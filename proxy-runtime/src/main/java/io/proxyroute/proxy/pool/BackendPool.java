package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/** The connections to one backend, over all its endpoints. Thread-safe. */
public final class BackendPool {

    private static final EndpointPool[] NONE = {};
    private static final int SPREAD = 16;

    private final BackendPools pools;
    private final String id;
    private volatile Backend backend;
    private volatile EndpointPool[] endpoints = NONE;
    /** One for each loop, on cache lines of their own. */
    private final int[] turns;

    private final WaitTimes[] acquires;
    private final WaitTimes[] answers;
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final LongAdder suspected = new LongAdder();

    BackendPool(BackendPools pools, Backend backend, int loops) {
        this.pools = pools;
        this.id = backend.id();
        this.backend = backend;
        this.turns = new int[loops * SPREAD];
        this.acquires = new WaitTimes[loops];
        this.answers = new WaitTimes[loops];
        for (int i = 0; i < loops; i++) {
            acquires[i] = new WaitTimes();
            answers[i] = new WaitTimes();
            turns[i * SPREAD] = ThreadLocalRandom.current().nextInt(1024);
        }
    }

    /** The backend's id. */
    public String id() {
        return id;
    }

    /**
     * Asks for a connection to one of the backend's endpoints, chosen in turn; where that one is at its cap, to the next
     * that is not. Where a connection cannot be opened another endpoint is tried. Must be called on the loop.
     *
     * @param loop where the connection has to live
     * @param deadlineNanos give up then, on the loop's clock, {@link Long#MAX_VALUE} for no such time; the pool's
     *     acquireTimeout holds in any case
     * @param fresh whether it must be a new connection
     * @return to be aborted when the exchange ends first
     */
    public Acquire acquire(EventLoop loop, long deadlineNanos, boolean fresh, AcquireListener listener) {
        Acquisition acquisition = new Acquisition(this, pools.on(loop), deadlineNanos, fresh, listener);
        acquisition.start();
        return acquisition;
    }

    /** Asks for any connection, kept alive or new; see {@link #acquire(EventLoop, long, boolean, AcquireListener)}. */
    public Acquire acquire(EventLoop loop, long deadlineNanos, AcquireListener listener) {
        return acquire(loop, deadlineNanos, false, listener);
    }

    // --- for the package

    BackendPools pools() {
        return pools;
    }

    Backend backend() {
        return backend;
    }

    EndpointPool[] endpoints() {
        return endpoints;
    }

    int turn(int loop, int count) {
        return Math.floorMod(turns[loop * SPREAD]++, count);
    }

    /** Takes new addresses; keeps the pools of those that stay. Called under the monitor of the pools. */
    void update(Backend changed, List<Endpoint> addresses, LoopPool[] loops) {
        backend = changed;
        List<EndpointPool> now = new ArrayList<>();
        List<EndpointPool> before = new ArrayList<>(List.of(endpoints));
        for (Endpoint address : addresses) {
            EndpointPool kept = null;
            for (EndpointPool candidate : before) {
                if (candidate.endpoint().equals(address)) {
                    kept = candidate;
                }
            }
            if (kept == null) {
                now.add(new EndpointPool(this, address, loops));
            } else {
                before.remove(kept);
                now.add(kept);
            }
        }
        endpoints = now.toArray(NONE);
        for (EndpointPool gone : before) {
            gone.retire();
            for (Waiter waiter : pools.permits().drain(gone)) {
                waiter.loop().execute(waiter.acquisition::endpointGone);
            }
        }
    }

    /** Not of the configuration any more: exchanges that still name it are served, and nothing is kept for others. */
    void retire() {
        for (EndpointPool endpoint : endpoints) {
            endpoint.retire();
        }
    }

    void acquired(int loop, long waitedNanos, long nowNanos) {
        acquires[loop].add(waitedNanos, nowNanos);
    }

    /** An answer has begun, or was not waited for any longer. */
    void answered(int loop, long waitedNanos, long nowNanos) {
        answers[loop].add(waitedNanos, nowNanos);
    }

    void timedOut() {
        timeouts.increment();
    }

    void abandoned() {
        abandoned.increment();
    }

    void suspected() {
        suspected.increment();
    }

    PoolUsage usage(int maxPerEndpoint, long nowNanos) {
        int active = 0;
        int idle = 0;
        int pending = 0;
        int peak = 0;
        for (EndpointPool endpoint : endpoints) {
            active += endpoint.active.get();
            idle += endpoint.idle();
            pending += endpoint.waiting;
            peak = Math.max(peak, endpoint.peakActive(nowNanos));
        }
        long total = 0;
        for (WaitTimes one : acquires) {
            total += one.total();
        }
        return new PoolUsage(
                id,
                endpoints.length,
                active,
                idle,
                pending,
                maxPerEndpoint,
                peak,
                total,
                timeouts.sum(),
                suspected.sum(),
                abandoned.sum(),
                p99Millis(acquires, nowNanos),
                p99Millis(answers, nowNanos));
    }

    private static double p99Millis(WaitTimes[] times, long nowNanos) {
        long[] sum = WaitTimes.sum();
        for (WaitTimes one : times) {
            one.addTo(sum, nowNanos);
        }
        return WaitTimes.quantileMillis(sum, 0.99);
    }
}
