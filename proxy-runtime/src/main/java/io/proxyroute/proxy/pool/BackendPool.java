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

/** The links to one backend, over all its endpoints and all event loops. Thread-safe where nothing else is said. */
public final class BackendPool {

    private final EventLoops loops;
    private final List<PoolLoop> on;
    private final Capacity capacity;
    private final BackendQueue queue;
    private final LoopEndpoints[] perLoop;
    private final LoopStats[] figures;
    private volatile Backend backend;
    private volatile List<EndpointLinks> endpoints = List.of();

    BackendPool(EventLoops loops, List<PoolLoop> on, Capacity capacity, Backend backend) {
        this.loops = loops;
        this.on = on;
        this.capacity = capacity;
        this.backend = backend;
        this.queue = new BackendQueue(on.size());
        this.perLoop = new LoopEndpoints[on.size()];
        this.figures = new LoopStats[on.size()];
        PoolLoop[] all = on.toArray(PoolLoop[]::new);
        for (int i = 0; i < all.length; i++) {
            figures[i] = new LoopStats();
            perLoop[i] = new LoopEndpoints(all[i], all, figures[i], perLoop);
        }
    }

    /** The backend's id. */
    public String id() {
        return backend.id();
    }

    /**
     * Acquires a lease of a link to one of the backend's endpoints, chosen in turn. Waits while the caps allow none;
     * where a link cannot be connected, up to two other endpoints are tried. Called on the loop.
     *
     * @param loop the event loop of the link
     * @param deadlineNanos when to give up, on the loop's clock; {@link Long#MAX_VALUE} for never. The pool's
     *     {@code acquireTimeout} holds in any case
     * @param fresh whether it must be a new link
     * @return to be aborted when the exchange ends first
     */
    public PendingAcquire acquire(EventLoop loop, long deadlineNanos, boolean fresh, AcquireListener listener) {
        AcquireTask task = new AcquireTask(perLoop[loops.number(loop)], deadlineNanos, fresh, listener);
        task.start();
        return task;
    }

    /** Acquires a lease of any link, used or new; see {@link #acquire(EventLoop, long, boolean, AcquireListener)}. */
    public PendingAcquire acquire(EventLoop loop, long deadlineNanos, AcquireListener listener) {
        return acquire(loop, deadlineNanos, false, listener);
    }

    Backend backend() {
        return backend;
    }

    /** Takes other addresses, and keeps the links to those that stay. Called under the monitor of the pools. */
    void update(Backend changed, List<Endpoint> addresses) {
        backend = changed;
        if (addresses.equals(endpoints.stream().map(EndpointLinks::endpoint).toList())) {
            return;
        }
        List<EndpointLinks> gone = new ArrayList<>(endpoints);
        List<EndpointLinks> now = new ArrayList<>();
        for (Endpoint address : addresses) {
            EndpointLinks kept = null;
            for (EndpointLinks candidate : gone) {
                kept = candidate.endpoint().equals(address) ? candidate : kept;
            }
            gone.remove(kept);
            now.add(kept == null ? new EndpointLinks(id(), new EndpointSlot(queue, address), on, figures) : kept);
        }
        endpoints = List.copyOf(now);
        for (int i = 0; i < perLoop.length; i++) {
            int loop = i;
            perLoop[i].endpoints(now.stream().map(links -> links.on(loop)).toArray(LoopLinks[]::new));
        }
        gone.forEach(EndpointLinks::retire);
        capacity.endpoints(queue, now.stream().map(EndpointLinks::slot).toList());
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

    /** The figures of the moment; {@code peakActivePerEndpoint} is an upper bound, as {@link EndpointLinks} says. */
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
                sum(each -> each.acquires.total()),
                sum(each -> each.timeouts.get()),
                sum(each -> each.suspected.get()),
                sum(each -> each.abandoned.get()),
                p99Millis(each -> each.acquires, nowNanos),
                p99Millis(each -> each.responses, nowNanos));
    }

    private long sum(ToLongFunction<LoopStats> figure) {
        long sum = 0;
        for (LoopStats each : figures) {
            sum += figure.applyAsLong(each);
        }
        return sum;
    }

    private double p99Millis(Function<LoopStats, WaitTimes> times, long nowNanos) {
        long[] sum = WaitTimes.sum();
        for (LoopStats each : figures) {
            times.apply(each).addTo(sum, nowNanos);
        }
        return WaitTimes.quantileMillis(sum, 0.99);
    }
}
