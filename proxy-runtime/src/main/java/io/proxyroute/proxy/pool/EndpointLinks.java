package io.proxyroute.proxy.pool;

import io.netty.util.NetUtil;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The links to one endpoint, over all event loops. Thread-safe. */
final class EndpointLinks {

    private final EndpointSlot slot;
    private final LoopLinks[] loops;

    /** Starts without links. The loops are in the order of their numbers. */
    EndpointLinks(String backend, EndpointSlot slot, List<PoolLoop> poolLoops, LoopStats[] stats) {
        this.slot = slot;
        this.loops = new LoopLinks[poolLoops.size()];
        InetSocketAddress address = address(slot.endpoint());
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new LoopLinks(poolLoops.get(i), backend, slot, address, stats[i], loops);
        }
    }

    private static InetSocketAddress address(Endpoint endpoint) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(endpoint.address());
        return address == null
                ? InetSocketAddress.createUnresolved(endpoint.address(), endpoint.port())
                : new InetSocketAddress(address, endpoint.port());
    }

    Endpoint endpoint() {
        return slot.endpoint();
    }

    EndpointSlot slot() {
        return slot;
    }

    LoopLinks forLoop(int loop) {
        return loops[loop];
    }

    int active() {
        int sum = 0;
        for (LoopLinks links : loops) {
            sum += links.active();
        }
        return sum;
    }

    int idle() {
        int sum = 0;
        for (LoopLinks links : loops) {
            sum += links.idle();
        }
        return sum;
    }

    /**
     * The highest number of leases in the last minute, as the sum of the loops' peaks: an upper bound, because the loops
     * need not have reached their peaks at the same time.
     */
    int peakActive(long nowNanos) {
        int sum = 0;
        for (LoopLinks links : loops) {
            sum += links.peakActive(nowNanos);
        }
        return sum;
    }

    /** Closes idle links; leased ones close when they are returned. */
    void retire() {
        slot.retire();
        for (LoopLinks links : loops) {
            links.closeAllIdle();
        }
    }

    /**
     * Closes idle links in excess of a lowered cap.
     *
     * @return how many will close
     */
    int trim(int maxPerEndpoint) {
        int count = Math.min(slot.open() - maxPerEndpoint, idle());
        if (count <= 0) {
            return 0;
        }
        AtomicInteger surplus = new AtomicInteger(count);
        for (LoopLinks links : loops) {
            links.closeSurplus(surplus);
        }
        return count;
    }
}
