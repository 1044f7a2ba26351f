package io.proxyroute.proxy.pool;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.NameResolver;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links to all backends, under the caps of one process. Created by the assembly, which closes it before the event
 * loops. Thread-safe; configuration is guarded by the monitor, which no exchange enters.
 */
public final class BackendPools implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackendPools.class);

    private final EventLoops loops;
    private final int limit;
    private final Capacity capacity;
    private final PermitWatch permits;
    private final DnsAddressResolverGroup resolvers;
    private final NameResolver<InetAddress> resolver;
    private final DeniedAddresses denied;
    private final BackendNames names;
    private final List<PoolLoop> perLoop;
    private volatile Map<String, BackendPool> backends = Map.of();
    private EndpointsDocument addresses = new EndpointsDocument(0, Map.of());
    /** The addresses of each backend host that has been resolved. */
    private final Map<String, List<InetAddress>> resolved = new HashMap<>();

    /**
     * No backends yet, as many connections as the configuration allows, and no denied addresses.
     *
     * @param links the protocol that backends speak
     */
    public BackendPools(EventLoops loops, LinkFactory links) {
        this(loops, links, Integer.MAX_VALUE, DeniedAddresses.NONE);
    }

    /**
     * No backends yet.
     *
     * @param links the protocol that backends speak
     * @param limit how many connections the process can open; a higher {@code maxConnections} has no effect
     * @param denied addresses that hosts outside the cluster must not have
     */
    public BackendPools(EventLoops loops, LinkFactory links, int limit, DeniedAddresses denied) {
        this(loops, links, limit, denied, new DnsNameResolverBuilder());
    }

    /** @param dns how names are resolved; the sockets are set here */
    BackendPools(EventLoops loops, LinkFactory links, int limit, DeniedAddresses denied, DnsNameResolverBuilder dns) {
        this.denied = denied;
        this.loops = loops;
        this.limit = limit;
        this.capacity = new Capacity(PoolSettings.of(ConnectionPool.DEFAULT).limitedTo(limit));
        this.permits = new PermitWatch(capacity::openLinks);
        ChannelFactory<DatagramChannel> datagrams =
                loops.transport() == Transport.EPOLL ? EpollDatagramChannel::new : NioDatagramChannel::new;
        dns.datagramChannelFactory(datagrams)
                .socketChannelType(loops.transport().client(), true); // TCP, if an answer is truncated or UDP fails
        this.resolvers = new DnsAddressResolverGroup(dns) {
            @Override
            protected NameResolver<InetAddress> newNameResolver(
                    EventLoop loop,
                    ChannelFactory<? extends DatagramChannel> channels,
                    DnsServerAddressStreamProvider servers)
                    throws Exception {
                return new AllowedNames(loop, super.newNameResolver(loop, channels, servers), denied);
            }
        };
        EventLoop first = loops.all().getFirst();
        this.resolver = new AllowedNames(first, dns.copy().eventLoop(first).build(), denied);
        this.names = new BackendNames(first, resolver, this::resolved);
        List<PoolLoop> all = new ArrayList<>();
        for (int i = 0; i < loops.count(); i++) {
            EventLoop loop = loops.all().get(i);
            DeadlineWheel wheel = loops.wheel(i);
            all.add(new PoolLoop(
                    i,
                    loop,
                    wheel,
                    capacity,
                    permits,
                    new LoopConnector(loop, loops.transport().client(), resolvers, capacity, permits, links),
                    new IdleLinks(loop, capacity),
                    new LeaseWatch(wheel, capacity)));
        }
        this.perLoop = List.copyOf(all);
    }

    /**
     * Updates settings and backends. Idle links of a removed backend close immediately, leased ones when they are
     * returned; exchanges that still use it are served. If caps are lowered, surplus idle links close.
     */
    public synchronized void configure(ConnectionPool settings, List<Backend> desired) {
        Map<String, BackendPool> updated = new HashMap<>();
        for (Backend backend : desired) {
            BackendPool pool = backends.get(backend.id());
            if (pool == null) {
                pool = new BackendPool(loops, perLoop, capacity, backend);
            }
            pool.update(backend, addressesOf(backend));
            updated.put(backend.id(), pool);
        }
        backends.forEach((id, pool) -> {
            if (!updated.containsKey(id)) {
                pool.retire();
            }
        });
        backends = Map.copyOf(updated);
        watchNames();
        if (settings.maxConnections() > limit) {
            LOG.warn(
                    "connectionPool.maxConnections is {}, but the limit of open files allows only {} connections to"
                            + " backends.",
                    settings.maxConnections(),
                    limit);
        }
        capacity.updateSettings(PoolSettings.of(settings).limitedTo(limit));
        trim();
    }

    private void trim() {
        PoolSettings settings = capacity.settings();
        int over = capacity.openLinks() - settings.maxConnections();
        for (BackendPool pool : backends.values()) {
            over -= pool.trim(settings.maxPerEndpoint());
        }
        if (over > 0) {
            AtomicInteger surplus = new AtomicInteger(over);
            perLoop.forEach(loop -> loop.idle().closeSurplus(surplus));
        }
    }

    /**
     * Updates the addresses, unless these are older than those in use. A removed endpoint gets no new exchanges; those
     * in flight continue.
     *
     * @return the version now in use
     */
    public synchronized long endpoints(EndpointsDocument newAddresses) {
        if (newAddresses.version() >= addresses.version()) {
            addresses = newAddresses;
            for (BackendPool pool : backends.values()) {
                pool.update(pool.backend(), addressesOf(pool.backend()));
            }
            watchNames();
        }
        return addresses.version();
    }

    private void watchNames() {
        Set<String> hosts = new HashSet<>();
        for (BackendPool pool : backends.values()) {
            if (isGivenByName(pool.backend())) {
                hosts.add(denied.lookupName(pool.backend()));
            }
        }
        resolved.keySet().retainAll(hosts);
        names.watch(hosts);
    }

    private boolean isGivenByName(Backend backend) {
        return !(backend.endpoints() && addresses.backends().containsKey(backend.id()))
                && !DeniedAddresses.isLiteral(backend.host());
    }

    private synchronized void resolved(String host, List<InetAddress> found) {
        resolved.put(host, found);
        for (BackendPool pool : backends.values()) {
            Backend backend = pool.backend();
            if (denied.lookupName(backend).equals(host) && isGivenByName(backend)) {
                pool.update(backend, addressesOf(backend));
            }
        }
    }

    private List<Endpoint> addressesOf(Backend backend) {
        List<Endpoint> listed = backend.endpoints() ? addresses.backends().get(backend.id()) : null;
        if (listed != null) {
            return List.copyOf(new LinkedHashSet<>(listed));
        }
        if (denied.denies(backend)) {
            return List.of();
        }
        List<InetAddress> found = isGivenByName(backend) ? resolved.get(denied.lookupName(backend)) : null;
        // Until the name is resolved, each connect resolves it.
        return found == null
                ? List.of(new Endpoint(denied.lookupName(backend), backend.port()))
                : found.stream()
                        .map(address -> new Endpoint(address.getHostAddress(), backend.port()))
                        .toList();
    }

    /** The pool of a backend; null if there is none. */
    public BackendPool backend(String id) {
        return backends.get(id);
    }

    /** One entry for each backend. */
    public List<PoolUsage> usage() {
        long now = perLoop.getFirst().wheel().nanoTime();
        int max = capacity.settings().maxPerEndpoint();
        List<PoolUsage> usage = new ArrayList<>();
        for (BackendPool pool : backends.values()) {
            usage.add(pool.usage(max, now));
        }
        return usage;
    }

    /** Links that are open or being opened, over all backends and event loops. */
    public int connections() {
        return capacity.openLinks();
    }

    /** Looks for permits that no connection holds. Called once a second by one thread. */
    public void checkPermits() {
        permits.check();
    }

    /** Connections that are open or being opened, counted apart from permits. */
    int permitHolders() {
        return permits.holders();
    }

    /** Permits that the pool has lost through a bug of the proxy, according to the last checks. */
    public int lostPermits() {
        return permits.lost();
    }

    /** Closes idle links and refuses further acquires; leased links close when they are returned. */
    @Override
    public void close() {
        capacity.close();
        synchronized (this) {
            backends.values().forEach(BackendPool::retire);
            backends = Map.of();
        }
        names.close();
        resolver.close();
        resolvers.close();
    }
}
