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
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.http1.Http1Clients;
import io.proxyroute.proxy.http1.Http1Links;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
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
 * A proxy in this process, on a port of its own. Closing it checks that nothing is left: no record, lease, buffer, task,
 * timer, exchange.
 */
public final class Fixture implements AutoCloseable {

    /** What is known of an ended exchange, copied. */
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
    /** Every exchange that has ended, in order. */
    public final List<Ended> ended = new CopyOnWriteArrayList<>();

    /** The channel of every client connection, in the order in which they were accepted. */
    public final List<Channel> accepted = new CopyOnWriteArrayList<>();

    private List<Listener> listeners = List.of(new Listener("http", 0, List.of()));
    private List<Rule> rules = new ArrayList<>();
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private ConnectionPool pool = ConnectionPool.DEFAULT;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private long version;

    /** A proxy with this many loops, not yet serving. */
    public Fixture(int threads) {
        this(Transport.available(), threads);
    }

    /** A proxy on a transport. */
    public Fixture(Transport transport, int threads) {
        loops = new EventLoops(transport, threads);
        pools = new BackendPools(loops, new Http1Links());
        ledger = new Ledger(loops, Clock.systemUTC(), 1 << 20);
        frontend = new Frontend(loops, pools, ledger, this::accept, "127.0.0.1", this::ended);
    }

    private void accept(Channel channel, RequestHandler requests) {
        accepted.add(channel);
        new Http1Clients(loops).accept(channel, requests);
    }

    private void ended(EndedExchange e) {
        ended.add(new Ended(
                e.cause(), e.status(), e.rule(), e.traceId(), e.attempts(), e.requestBytes(), e.responseBytes()));
    }

    /** A proxy with one loop that sends everything to these endpoints. */
    public static Fixture to(RawBackend... backends) {
        Fixture fixture = new Fixture(1);
        Endpoint[] all = new Endpoint[backends.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = backends[i].endpoint();
        }
        return fixture.backend("b", all).rule(everythingTo("b")).apply();
    }

    /** A rule that takes every request. */
    public static Rule everythingTo(String... backends) {
        List<BackendRef> refs = new ArrayList<>();
        for (String backend : backends) {
            refs.add(new BackendRef(backend, 1));
        }
        return new Rule("all", null, null, refs, null, null);
    }

    /** Adds or replaces a backend; takes effect at once if there is a document. */
    public Fixture backend(String id, Endpoint... at) {
        endpoints.put(id, List.of(at));
        pools.endpoints(new EndpointsDocument(++version, Map.copyOf(endpoints)));
        return this;
    }

    /** Adds a rule. */
    public Fixture rule(Rule rule) {
        rules.add(rule);
        return this;
    }

    /** Replaces all rules. */
    public Fixture rules(Rule... all) {
        rules = new ArrayList<>(List.of(all));
        return this;
    }

    /** Replaces the listeners. */
    public Fixture listeners(Listener... all) {
        listeners = List.of(all);
        return this;
    }

    /** Replaces the pool's settings. */
    public Fixture pool(ConnectionPool settings) {
        pool = settings;
        return this;
    }

    /** Replaces the times. */
    public Fixture timeouts(Timeouts all) {
        timeouts = all;
        return this;
    }

    /** Times in milliseconds, 0 for none, with the defaults for headers. */
    public Fixture timeouts(long request, long backendRequest, long idle, long maxStream) {
        return timeouts(new Timeouts(
                Duration.ofMillis(request),
                Duration.ofMillis(backendRequest),
                Duration.ofMillis(idle),
                Duration.ofSeconds(10),
                Duration.ofMillis(maxStream)));
    }

    /** Serves what was set. */
    public Fixture apply() {
        return apply(Map.of(), () -> {});
    }

    /** Serves what was set, with custom filters by rule. */
    public Fixture apply(Map<String, FilterChain> filters, Runnable retired) {
        ConfigDocument document = document();
        pools.configure(pool, document.backends());
        try {
            try (Frontend.Sockets sockets = frontend.bind(document)) {
                sockets.serve(filters, retired);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** What was set, as a document. */
    public ConfigDocument document() {
        List<Backend> backends = new ArrayList<>();
        endpoints.forEach((id, at) -> backends.add(new Backend(id, "127.0.0.1", 1, true)));
        return new ConfigDocument(
                new RouteRef("test", "route", "uid"), 1, null, listeners, rules, backends, pool, timeouts, null, null);
    }

    /** A client of the only listener. */
    public RawClient client() {
        return new RawClient(port());
    }

    /** The port of the first listener. */
    public int port() {
        return frontend.port(listeners.getFirst().name());
    }

    /** The front end. */
    public Frontend frontend() {
        return frontend;
    }

    /** The pools. */
    public BackendPools pools() {
        return pools;
    }

    /** The ledger. */
    public Ledger ledger() {
        return ledger;
    }

    /** The loops. */
    public EventLoops loops() {
        return loops;
    }

    /** The connections of a backend. */
    public PoolUsage usage(String backend) {
        return pools.usage().stream()
                .filter(u -> u.backend().equals(backend))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until this many exchanges have ended, and returns the last. */
    public Ended awaitEnded(int count) {
        await().atMost(Duration.ofSeconds(15)).until(() -> ended.size() >= count);
        return ended.get(count - 1);
    }

    /** Waits until nothing is in flight and nothing is held. */
    public void awaitQuiet() {
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
        awaitQuiet();
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
