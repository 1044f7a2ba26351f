package io.proxyroute.proxy.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.Limits;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.http1.Http1ClientProtocol;
import io.proxyroute.proxy.http1.Http1LinkFactory;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.ResourceLimits;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy in this process, on a free port. Closing it checks that no record, lease, buffer, task, timer or exchange is
 * left.
 */
public final class ProxyFixture implements AutoCloseable {

    /** A copy of what an ended exchange reports. */
    public record Ended(
            EndCause cause,
            int status,
            String rule,
            String traceId,
            int attempts,
            long requestBytes,
            long responseBytes) {}

    private final EventLoops loops;
    private final BackendPools pools;
    private final Ledger ledger;
    private final Frontend frontend;
    /** All ended exchanges, in the order of their ends. */
    public final List<Ended> ended = new CopyOnWriteArrayList<>();

    /** Thrown to the proxy at the end of each exchange, or null. */
    public volatile Error failure;

    /** The channels of all client connections, in the order of acceptance. */
    public final List<Channel> accepted = new CopyOnWriteArrayList<>();

    private List<Listener> listeners = List.of(new Listener("http", 0, List.of()));
    private List<Rule> rules = new ArrayList<>();
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private ConnectionPool pool = ConnectionPool.DEFAULT;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private Limits limits = Limits.DEFAULT;
    private TrustedProxies trusted = TrustedProxies.NONE;
    private long version;

    /** A proxy with this number of event loops. Serves once {@link #apply()} is called. */
    public ProxyFixture(int threads) {
        this(Transport.available(), threads);
    }

    /** The same on a given transport. */
    public ProxyFixture(Transport transport, int threads) {
        this(transport, threads, new Overload(ResourceLimits.NONE));
    }

    /** The same with limits on resources. */
    public ProxyFixture(int threads, Overload overload) {
        this(Transport.available(), threads, overload);
    }

    private ProxyFixture(Transport transport, int threads, Overload overload) {
        loops = new EventLoops(transport, threads);
        pools = new BackendPools(loops, new Http1LinkFactory(loops));
        ledger = new Ledger(loops, Clock.systemUTC(), 1 << 20);
        frontend = new Frontend(loops, pools, ledger, this::accept, "127.0.0.1", overload, this::ended);
    }

    private void accept(Channel channel, RequestHandler requests) {
        accepted.add(channel);
        new Http1ClientProtocol(loops).accept(channel, requests);
    }

    private void ended(EndedExchange e) {
        ended.add(new Ended(
                e.cause(), e.status(), e.rule(), e.traceId(), e.attempts(), e.requestBytes(), e.responseBytes()));
        if (failure != null) {
            throw failure;
        }
    }

    /** A serving proxy with one event loop that forwards all requests to these endpoints. */
    public static ProxyFixture to(RawBackend... backends) {
        ProxyFixture fixture = new ProxyFixture(1);
        Endpoint[] all = new Endpoint[backends.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = backends[i].endpoint();
        }
        return fixture.backend("b", all).rule(catchAllRule("b")).apply();
    }

    /** A rule, named {@code all}, that matches every request. */
    public static Rule catchAllRule(String... backends) {
        List<BackendRef> refs = new ArrayList<>();
        for (String backend : backends) {
            refs.add(new BackendRef(backend, 1));
        }
        return new Rule("all", null, null, refs, null, null);
    }

    /**
     * Adds or replaces a backend. New endpoints take effect immediately, a new backend with the next {@link #apply()}.
     */
    public ProxyFixture backend(String id, Endpoint... at) {
        endpoints.put(id, List.of(at));
        pools.endpoints(new EndpointsDocument(++version, Map.copyOf(endpoints)));
        return this;
    }

    /** Adds a rule. */
    public ProxyFixture rule(Rule rule) {
        rules.add(rule);
        return this;
    }

    /** Replaces all rules. */
    public ProxyFixture rules(Rule... all) {
        rules = new ArrayList<>(List.of(all));
        return this;
    }

    /** Replaces the listeners. */
    public ProxyFixture listeners(Listener... all) {
        listeners = List.of(all);
        return this;
    }

    /** Replaces the settings of the connection pool. */
    public ProxyFixture pool(ConnectionPool settings) {
        pool = settings;
        return this;
    }

    /** Replaces the limits on what clients may send. */
    public ProxyFixture limits(Limits all) {
        limits = all;
        return this;
    }

    /** Replaces the trusted proxies. */
    public ProxyFixture trust(TrustedProxies proxies) {
        trusted = proxies;
        return this;
    }

    /** Replaces the timeouts. */
    public ProxyFixture timeouts(Timeouts all) {
        timeouts = all;
        return this;
    }

    /**
     * Replaces the timeouts, in milliseconds; 0 means none. {@code idle} is also that of client connections. The one for
     * request headers is 10 s.
     */
    public ProxyFixture timeouts(long request, long backendRequest, long idle, long maxStream) {
        return timeouts(new Timeouts(
                Duration.ofMillis(request),
                Duration.ofMillis(backendRequest),
                Duration.ofMillis(idle),
                Duration.ofMillis(idle),
                Duration.ofSeconds(10),
                Duration.ofMillis(maxStream)));
    }

    /** Serves the current settings. */
    public ProxyFixture apply() {
        return apply(Map.of(), () -> {});
    }

    /** Serves the current settings, with custom filters by the rule's name. */
    public ProxyFixture apply(Map<String, FilterChain> filters, Runnable retired) {
        ConfigDocument document = document();
        pools.configure(pool, document.backends());
        try {
            try (Frontend.PreparedListeners prepared = frontend.bind(document)) {
                prepared.serve(filters, retired);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** The current settings as a document. */
    public ConfigDocument document() {
        List<Backend> backends = new ArrayList<>();
        endpoints.forEach((id, at) -> backends.add(new Backend(id, "127.0.0.1", 1, true)));
        return new ConfigDocument(
                new RouteRef("test", "route", "uid"),
                1,
                null,
                listeners,
                rules,
                backends,
                pool,
                timeouts,
                limits,
                trusted,
                null,
                null);
    }

    /** A new client of the first listener. */
    public RawClient client() {
        return new RawClient(port());
    }

    /** The port of the first listener. */
    public int port() {
        return frontend.port(listeners.getFirst().name());
    }

    /** The proxy's frontend. */
    public Frontend frontend() {
        return frontend;
    }

    /** The proxy's connection pools. */
    public BackendPools pools() {
        return pools;
    }

    /** The proxy's ledger. */
    public Ledger ledger() {
        return ledger;
    }

    /** The proxy's event loops. */
    public EventLoops loops() {
        return loops;
    }

    /** The pool usage of a backend. */
    public PoolUsage usage(String backend) {
        return pools.usage().stream()
                .filter(u -> u.backend().equals(backend))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until this number of exchanges has ended, and returns the last of them. */
    public Ended awaitEnded(int count) {
        await().atMost(Duration.ofSeconds(15)).until(() -> ended.size() >= count);
        return ended.get(count - 1);
    }

    /** Waits until no exchange is in flight and no resource is held. */
    public void awaitIdle() {
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(frontend.counts().inFlight()).as("in flight").isZero();
            LedgerSummary summary = ledger.summary();
            assertThat(summary.openRecords()).as("records").isZero();
            assertThat(summary.heldLeases()).as("leases").isZero();
            assertThat(summary.heldBuffers()).as("buffers").isZero();
            assertThat(summary.heldTasks()).as("tasks").isZero();
            for (PoolUsage usage : pools.usage()) {
                assertThat(usage.active()).as("active connections").isZero();
                assertThat(usage.pending()).as("waiters").isZero();
            }
        });
    }

    @Override
    public void close() {
        frontend.close();
        awaitIdle();
        pools.close();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(pools.connections()).as("backend connections").isZero();
            assertThat(frontend.counts().connections()).as("client connections").isZero();
            for (int i = 0; i < loops.count(); i++) {
                assertThat(loops.all().get(i).submit(loops.wheel(i)::armedCount).get())
                        .as("timers")
                        .isZero();
            }
        });
        loops.close();
    }
}
