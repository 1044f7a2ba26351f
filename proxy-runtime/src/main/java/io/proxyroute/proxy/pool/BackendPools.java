package io.proxyroute.proxy.pool;

import io.netty.channel.ChannelFactory;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The connections to all backends, under the caps of one process. Thread-safe; configuration is guarded by the monitor,
 * which no exchange takes.
 */
public final class BackendPools implements AutoCloseable {

    private final EventLoops loops;
    private final Permits permits = new Permits(PoolSettings.of(ConnectionPool.DEFAULT));
    private final DnsAddressResolverGroup resolvers;
    private final LoopPool[] perLoop;
    private volatile Map<String, BackendPool> backends = Map.of();
    private EndpointsDocument addresses = new EndpointsDocument(0, Map.of());

    /** No backends yet. */
    public BackendPools(EventLoops loops) {
        this.loops = loops;
        ChannelFactory<DatagramChannel> datagrams =
                loops.transport() == Transport.EPOLL ? EpollDatagramChannel::new : NioDatagramChannel::new;
        this.resolvers = new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelFactory(datagrams));
        this.perLoop = new LoopPool[loops.count()];
        for (int i = 0; i < perLoop.length; i++) {
            perLoop[i] = new LoopPool(loops, i, permits, resolvers);
        }
    }

    /**
     * Takes new settings, and these backends in place of those before. Of a backend that is gone, idle connections close
     * at once and leased ones when they are returned; an exchange that still names it is served.
     */
    public synchronized void configure(ConnectionPool settings, List<Backend> wanted) {
        Map<String, BackendPool> now = new HashMap<>();
        for (Backend backend : wanted) {
            BackendPool pool = backends.get(backend.id());
            if (pool == null) {
                pool = new BackendPool(this, backend, loops.count());
            }
            pool.update(backend, addressesOf(backend), perLoop);
            now.put(backend.id(), pool);
        }
        backends.forEach((id, pool) -> {
            if (!now.containsKey(id)) {
                pool.retire();
            }
        });
        backends = Map.copyOf(now);
        permits.settings(PoolSettings.of(settings));
    }

    /**
     * Takes new addresses, unless they are older than those in use. An endpoint that is gone gets no new exchanges; those
     * that run go on.
     *
     * @return the version in use after this
     */
    public synchronized long endpoints(EndpointsDocument changed) {
        if (changed.version() >= addresses.version()) {
            addresses = changed;
            for (BackendPool pool : backends.values()) {
                pool.update(pool.backend(), addressesOf(pool.backend()), perLoop);
            }
        }
        return addresses.version();
    }

    private List<Endpoint> addressesOf(Backend backend) {
        List<Endpoint> listed = backend.endpoints() ? addresses.backends().get(backend.id()) : null;
        return listed == null
                ? List.of(new Endpoint(backend.host(), backend.port()))
                : List.copyOf(new LinkedHashSet<>(listed));
    }

    /** The pool of a backend, or null. */
    public BackendPool backend(String id) {
        return backends.get(id);
    }

    /** One entry for each backend. */
    public List<PoolUsage> usage() {
        long now = perLoop[0].wheel().nanoTime();
        int max = permits.settings().maxPerEndpoint();
        List<PoolUsage> usage = new ArrayList<>();
        for (BackendPool pool : backends.values()) {
            usage.add(pool.usage(max, now));
        }
        return usage;
    }

    /** Connections that are open or being opened, over all backends and loops. */
    public int connections() {
        return permits.open();
    }

    /** Closes every idle connection and refuses further acquires; leased connections close when they are returned. */
    @Override
    public void close() {
        for (Waiter waiter : permits.close()) {
            waiter.loop().execute(waiter.acquisition::shutDown);
        }
        synchronized (this) {
            backends.values().forEach(BackendPool::retire);
            backends = Map.of();
        }
        resolvers.close();
    }

    // --- for the package

    Permits permits() {
        return permits;
    }

    LoopPool on(EventExecutor loop) {
        return perLoop[loops.number(loop)];
    }

    /** Somebody waits for this endpoint: gives up the oldest idle connection whose permit would help. */
    void makeRoom(EndpointPool wanted) {
        EndpointPool.Shard oldest = wanted.oldestIdle();
        if (oldest == null && wanted.open < permits.settings().maxPerEndpoint()) {
            for (BackendPool pool : backends.values()) {
                for (EndpointPool endpoint : pool.endpoints()) {
                    EndpointPool.Shard candidate = endpoint.oldestIdle();
                    if (candidate != null && (oldest == null || candidate.oldestNanos - oldest.oldestNanos < 0)) {
                        oldest = candidate;
                    }
                }
            }
        }
        if (oldest != null) {
            EndpointPool.Shard chosen = oldest;
            chosen.loop().execute(() -> chosen.evict(wanted));
        }
    }
}
