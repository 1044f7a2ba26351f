package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The links to one backend, over all its endpoints and all event loops. Thread-safe, except where noted. */
public final class BackendPool {

    private final EventLoops loops;
    private final List<PoolLoop> poolLoops;
    private final Capacity capacity;
    private final BackendQueue queue;
    private final UploadLimit uploads;
    private final LoopBackend[] perLoop;
    private final LoopStats[] stats;
    private volatile Backend backend;
    private volatile List<EndpointLinks> endpoints = List.of();

    BackendPool(EventLoops loops, List<PoolLoop> poolLoops, Capacity capacity, Backend backend) {
        this.loops = loops;
        this.poolLoops = poolLoops;
        this.capacity = capacity;
        this.backend = backend;
        this.queue = new BackendQueue(poolLoops.size());
        this.uploads = new UploadLimit(capacity);
        this.perLoop = new LoopBackend[poolLoops.size()];
        this.stats = new LoopStats[poolLoops.size()];
        PoolLoop[] all = poolLoops.toArray(PoolLoop[]::new);
        for (int i = 0; i < all.length; i++) {
            stats[i] = new LoopStats();
            perLoop[i] = new LoopBackend(all[i], all, stats[i], perLoop);
        }
    }

    /** The backend's id. */
    public String id() {
        return backend.id();
    }

    /**
     * Acquires a lease of a link to one of the backend's endpoints, chosen in rotation. Waits while
     * the caps allow none; if connecting fails, other endpoints are tried. Called on the loop.
     *
     * @param loop the event loop of the link
     * @param deadlineNanos when the acquire times out, on the loop's clock; {@link Long#MAX_VALUE} for never. The pool's
     *     {@code acquireTimeout} holds in any case
     * @return must be aborted if the exchange ends first
     */
    public PendingAcquire acquire(
            EventLoop loop, long deadlineNanos, AcquireOptions options, AcquireListener listener) {
        AcquireTask task = new AcquireTask(
                perLoop[loops.number(loop)], deadlineNanos, options, options.uploading() ? uploads : null, listener);
        task.start();
        return task;
    }

    Backend backend() {
        return backend;
    }

    /** Updates the addresses, and keeps the links to those that remain. Called under the monitor of the pools. */
    void update(Backend newBackend, List<Endpoint> addresses) {
        backend = newBackend;
        if (addresses.equals(endpoints.stream().map(EndpointLinks::endpoint).toList())) {
            return;
        }
        List<EndpointLinks> removed = new ArrayList<>(endpoints);
        List<EndpointLinks> updated = new ArrayList<>();
        for (Endpoint address : addresses) {
            EndpointLinks kept = null;
            for (EndpointLinks candidate : removed) {
                kept = candidate.endpoint().equals(address) ? candidate : kept;
            }
            removed.remove(kept);
            updated.add(
                    kept == null ? new EndpointLinks(id(), new EndpointSlot(queue, address), poolLoops, stats) : kept);
        }
        endpoints = List.copyOf(updated);
        for (int i = 0; i < perLoop.length; i++) {
            int loop = i;
            perLoop[i].updateEndpoints(
                    updated.stream().map(links -> links.forLoop(loop)).toArray(LoopLinks[]::new));
        }
        removed.forEach(EndpointLinks::retire);
        capacity.updateEndpoints(
                queue, updated.stream().map(EndpointLinks::slot).toList());
    }

    /** Called when the backend is removed: exchanges that still use it are served, but no link is kept. */
    void retire() {
        endpoints.forEach(EndpointLinks::retire);
    }

    /**
     * Closes idle links over a lowered {@code maxConnectionsPerBackend}.
     *
     * @return how many will close
     */
    int trim(int maxPerEndpoint) {
        return endpoints.stream().mapToInt(links -> links.trim(maxPerEndpoint)).sum();
    }

    /** The current usage; {@code peakActivePerEndpoint} is an upper bound, as {@link EndpointLinks} says. */
    PoolUsage usage(int maxPerEndpoint, long nowNanos) {
        int active = 0;
        int idle = 0;
        int peak = 0;
        List<EndpointLinks> all = endpoints;
        for (EndpointLinks links : all) {
            active += links.active();
            idle += links.idle();
            peak = Math.max(peak, links.peakActive(nowNanos));
        }
        return new PoolUsage(
                id(),
                all.size(),
                active,
                idle,
                queue.waiting(),
                maxPerEndpoint,
                peak,
                sum(each -> each.acquireWaits.total()),
                sum(each -> each.timeouts.get()),
                sum(each -> each.suspectedLeaks.get()),
                sum(each -> each.abandoned.get()),
                p99Millis(each -> each.acquireWaits, nowNanos),
                p99Millis(each -> each.responseWaits, nowNanos));
    }

    private long sum(ToLongFunction<LoopStats> figure) {
        long sum = 0;
        for (LoopStats each : stats) {
            sum += figure.applyAsLong(each);
        }
        return sum;
    }

    private double p99Millis(Function<LoopStats, WaitTimes> times, long nowNanos) {
        long[] sum = WaitTimes.newSum();
        for (LoopStats each : stats) {
            times.apply(each).addTo(sum, nowNanos);
        }
        return WaitTimes.quantileMillis(sum, 0.99);
    }
}
