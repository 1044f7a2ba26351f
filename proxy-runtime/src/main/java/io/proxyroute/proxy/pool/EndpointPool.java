package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.loop.DeadlineWheel;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The connections to one address, a shard for each loop. Shared by all loops where nothing else is said. */
final class EndpointPool {

    private final BackendPool backend;
    private final Endpoint endpoint;
    private final InetSocketAddress address;
    private final Shard[] shards;
    private final List<ArrayDeque<Waiter>> queues = new ArrayList<>();
    private final Peak peak = new Peak();
    final AtomicInteger active = new AtomicInteger();
    /** Connections that hold a permit; written under the permits, read by anybody. */
    volatile int open;
    /** Waiters; written under the permits, read by anybody. */
    volatile int waiting;
    /** Whether it has left its backend: running exchanges go on, and nothing is kept. */
    volatile boolean retired;

    EndpointPool(BackendPool backend, Endpoint endpoint, LoopPool[] loops) {
        this.backend = backend;
        this.endpoint = endpoint;
        this.address = NetUtil.createInetAddressFromIpAddressString(endpoint.address()) == null
                ? InetSocketAddress.createUnresolved(endpoint.address(), endpoint.port())
                : new InetSocketAddress(
                        NetUtil.createInetAddressFromIpAddressString(endpoint.address()), endpoint.port());
        this.shards = new Shard[loops.length];
        for (int i = 0; i < loops.length; i++) {
            shards[i] = new Shard(loops[i]);
            queues.add(Permits.newQueue());
        }
    }

    BackendPool backend() {
        return backend;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Where to connect; unresolved where the endpoint is given by name. */
    InetSocketAddress address() {
        return address;
    }

    Shard shard(int loop) {
        return shards[loop];
    }

    /** Guarded by the permits. */
    ArrayDeque<Waiter> queue(int loop) {
        return queues.get(loop);
    }

    /** Guarded by the permits; there must be one. */
    Waiter firstWaiter() {
        Waiter first = null;
        for (ArrayDeque<Waiter> queue : queues) {
            Waiter candidate = queue.peek();
            if (candidate != null && (first == null || candidate.sinceNanos - first.sinceNanos < 0)) {
                first = candidate;
            }
        }
        return first;
    }

    /** Guarded by the permits. */
    List<Waiter> drainQueues() {
        List<Waiter> all = new ArrayList<>();
        for (ArrayDeque<Waiter> queue : queues) {
            all.addAll(queue);
            queue.clear();
        }
        return all;
    }

    int idle() {
        int sum = 0;
        for (Shard shard : shards) {
            sum += shard.idle;
        }
        return sum;
    }

    int peakActive(long nowNanos) {
        return peak.lastMinute(nowNanos, active.get());
    }

    /** The shard whose oldest idle connection is the oldest of all; null where none is idle. */
    Shard oldestIdle() {
        Shard oldest = null;
        for (Shard shard : shards) {
            if (shard.idle > 0 && (oldest == null || shard.oldestNanos - oldest.oldestNanos < 0)) {
                oldest = shard;
            }
        }
        return oldest;
    }

    void retire() {
        retired = true;
        for (Shard shard : shards) {
            shard.loop().execute(shard::closeIdle);
        }
    }

    /** The highest number of leases in each of the last slices of ten seconds. Approximate under races. */
    private static final class Peak {

        private static final int SLICES = 6;
        private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);

        private final AtomicIntegerArray highest = new AtomicIntegerArray(SLICES);
        private final long[] epochs = new long[SLICES];

        void seen(int now, long nowNanos) {
            long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
            int slice = Math.floorMod(epoch, SLICES);
            if (epochs[slice] != epoch) {
                epochs[slice] = epoch;
                highest.setPlain(slice, now);
            } else if (highest.getPlain(slice) < now) {
                highest.setPlain(slice, now);
            }
        }

        int lastMinute(long nowNanos, int now) {
            long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
            int max = now;
            for (int i = 0; i < SLICES; i++) {
                if (epoch - epochs[i] < SLICES) {
                    max = Math.max(max, highest.get(i));
                }
            }
            return max;
        }
    }

    /**
     * The endpoint's connections on one loop. Confined to that loop; the figures that are volatile may be read by others.
     * Idle connections are reused newest first, and expire oldest first.
     */
    final class Shard {

        private final LoopPool loop;
        private BackendConnection newest;
        private BackendConnection oldest;
        private volatile int connections;
        volatile int idle;
        volatile long oldestNanos;

        Shard(LoopPool loop) {
            this.loop = loop;
        }

        EndpointPool pool() {
            return EndpointPool.this;
        }

        EventLoop loop() {
            return loop.loop();
        }

        int number() {
            return loop.number();
        }

        DeadlineWheel wheel() {
            return loop.wheel();
        }

        long nanoTime() {
            return loop.wheel().nanoTime();
        }

        boolean hasConnections() {
            return connections > 0;
        }

        /** An idle connection, no longer idle; null where there is none. */
        Lease reuse(long nowNanos) {
            while (newest != null) {
                BackendConnection connection = newest;
                unlink(connection);
                if (connection.clean()) {
                    return leased(connection, nowNanos);
                }
                connection.close();
            }
            return null;
        }

        Lease leased(BackendConnection connection, long nowNanos) {
            Lease lease = connection.lease(nowNanos);
            loop.leased(lease);
            peak.seen(active.incrementAndGet(), nowNanos);
            return lease;
        }

        void leaseEnded(Lease lease) {
            loop.returned(lease);
            active.decrementAndGet();
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // the loop alone writes
        void opened() {
            connections++;
        }

        /** A connection's channel is closed. */
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // the loop alone writes
        void closed(BackendConnection connection) {
            connections--;
            if (isLinked(connection)) {
                unlink(connection);
            }
            loop.permits().giveBack(EndpointPool.this);
        }

        /** A lease has ended and its connection can serve another. */
        void returned(BackendConnection connection) {
            long now = nanoTime();
            PoolSettings settings = loop.permits().settings();
            boolean old = settings.maxLifetimeNanos() > 0 && connection.ageNanos(now) >= settings.maxLifetimeNanos();
            if (retired || old || loop.permits().over(EndpointPool.this)) {
                connection.close();
                return;
            }
            if (loop.permits().somebodyWaits() && !helpWaiters(connection, now)) {
                return;
            }
            link(connection, now, settings);
            // Somebody may have begun to wait between the look and the link; whoever waits looks for idle ones after.
            if (loop.permits().somebodyWaits() && isLinked(connection)) {
                unlink(connection);
                if (helpWaiters(connection, now)) {
                    link(connection, now, settings);
                }
            }
        }

        /** False where the connection was handed over or closed. */
        private boolean helpWaiters(BackendConnection connection, long now) {
            return switch (loop.permits().freed(this, now)) {
                case Permits.Fate.HandOver(Waiter waiter) -> {
                    waiter.acquisition.handedOver(leased(connection, now));
                    yield false;
                }
                case Permits.Fate.Close() -> {
                    connection.close();
                    yield false;
                }
                case Permits.Fate.Keep() -> true;
            };
        }

        /**
         * Gives up the longest idle connection for the sake of who waits for an endpoint, this one or another. Whom that
         * helps is decided when the permit is free, so it is done as long as anybody waits.
         */
        void evict(EndpointPool wanted) {
            if (!loop.permits().somebodyWaits()) {
                return;
            }
            if (oldest == null) {
                backend.pools().makeRoom(wanted); // reused since, or given up for another who waits
                return;
            }
            BackendConnection connection = oldest;
            if (connection.clean()) {
                switch (loop.permits().freed(this, nanoTime())) {
                    case Permits.Fate.HandOver(Waiter waiter) -> {
                        unlink(connection);
                        waiter.acquisition.handedOver(leased(connection, nanoTime()));
                        return;
                    }
                    case Permits.Fate.Keep() -> {
                        return;
                    }
                    case Permits.Fate.Close() -> {}
                }
            }
            unlink(connection);
            connection.close();
            if (loop.permits().over(wanted)) {
                backend.pools().makeRoom(wanted); // the caps were lowered: one is not enough
            }
        }

        void expired(BackendConnection connection) {
            unlink(connection);
            connection.close();
        }

        void closeIdle() {
            while (oldest != null) {
                BackendConnection connection = oldest;
                unlink(connection);
                connection.close();
            }
        }

        private boolean isLinked(BackendConnection connection) {
            return connection.olderIdle != null || oldest == connection;
        }

        private void link(BackendConnection connection, long now, PoolSettings settings) {
            connection.idleSinceNanos = now;
            connection.reused = true;
            connection.olderIdle = newest;
            if (newest == null) {
                oldest = connection;
            } else {
                newest.newerIdle = connection;
            }
            newest = connection;
            long left = settings.keepAliveNanos() > 0 ? settings.keepAliveNanos() : Long.MAX_VALUE;
            if (settings.maxLifetimeNanos() > 0) {
                left = Math.min(left, settings.maxLifetimeNanos() - connection.ageNanos(now));
            }
            if (left != Long.MAX_VALUE) {
                loop.wheel().arm(connection.idleEnd, now + left);
            }
            changed(1);
        }

        private void unlink(BackendConnection connection) {
            connection.idleEnd.cancel();
            if (connection.olderIdle == null) {
                oldest = connection.newerIdle;
            } else {
                connection.olderIdle.newerIdle = connection.newerIdle;
            }
            if (connection.newerIdle == null) {
                newest = connection.olderIdle;
            } else {
                connection.newerIdle.olderIdle = connection.olderIdle;
            }
            connection.olderIdle = null;
            connection.newerIdle = null;
            changed(-1);
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // the loop alone writes
        private void changed(int by) {
            if (oldest != null) {
                oldestNanos = oldest.idleSinceNanos;
            }
            idle += by;
        }
    }
}
