package io.proxyroute.proxy.lifecycle;

import io.netty.channel.EventLoopGroup;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Drain;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.contract.config.Telemetry;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.proxy.admin.AdminResponse;
import io.proxyroute.proxy.admin.ControlServer;
import io.proxyroute.proxy.admin.Router;
import io.proxyroute.proxy.admin.ServerLimits;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.ResourceLimits;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.pool.LinkFactory;
import io.proxyroute.proxy.stream.ClientProtocol;
import io.proxyroute.proxy.telemetry.ExchangeTelemetry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exercises the data path before the process is ready, so that classes are loaded and hot code is compiled. Synthetic
 * requests go over real sockets through a separate front end, pools and ledger, from a loopback listener to a loopback
 * origin. The route's backends, filters, meters and access log are not involved: exchanges are recorded by the same code, but
 * discarded. Only the event loops are shared. Blocks.
 */
public final class WarmUp {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private static final String LOOPBACK = "127.0.0.1";
    private static final String LISTENER = "warm-up";
    private static final int CLIENTS = 4;

    private final EventLoops loops;
    private final ClientProtocol protocol;
    private final LinkFactory links;
    private final EventLoopGroup controlLoop;
    private final InstantSource clock;

    /**
     * Creates a warm-up; call {@link #run}.
     *
     * @param protocol protocol of the clients
     * @param links factory of the backends' links
     * @param controlLoop runs the origin
     */
    public WarmUp(
            EventLoops loops,
            ClientProtocol protocol,
            LinkFactory links,
            EventLoopGroup controlLoop,
            InstantSource clock) {
        this.loops = loops;
        this.protocol = protocol;
        this.links = links;
        this.controlLoop = controlLoop;
        this.clock = clock;
    }

    private static void serve(Frontend frontend, ConfigDocument document) throws IOException {
        try (Frontend.PreparedListeners prepared = frontend.bind(document)) {
            prepared.serve(Map.of(), () -> {});
        }
    }

    /**
     * Sends requests until the number or the time limit is reached. A failure is logged and ends the warm-up early.
     *
     * @return how many got the expected response
     */
    public int run(int requests, Duration limit) throws InterruptedException {
        byte[] page = new byte[16 << 10];
        Router router = new Router()
                .get("/small", body -> AdminResponse.text(200, "warm"))
                .get("/large", body -> new AdminResponse(200, "application/octet-stream", page))
                .post("/upload", body -> AdminResponse.text(200, Integer.toString(body.length)));
        AtomicInteger responses = new AtomicInteger();
        try (BackendPools pools = new BackendPools(loops, links);
                ControlServer origin = new ControlServer(
                        loops.transport(),
                        controlLoop,
                        Runnable::run,
                        router,
                        ServerLimits.withBodiesUpTo(1 << 16),
                        null,
                        LOOPBACK,
                        0);
                ExchangeTelemetry discarded = ExchangeTelemetry.discarding();
                Frontend frontend = new Frontend(
                        loops,
                        pools,
                        new Ledger(loops, clock, 0),
                        protocol,
                        LOOPBACK,
                        new Overload(ResourceLimits.NONE),
                        discarded)) {
            ConfigDocument document = document(origin.port());
            pools.configure(document.connectionPool(), document.backends());
            serve(frontend, document);
            int port = frontend.port(LISTENER);
            long untilNanos = System.nanoTime() + limit.toNanos();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().name("warm-up-" + i).daemon().start(() -> {
                    try (WarmUpClient client = new WarmUpClient(LOOPBACK, port)) {
                        for (int sent = 0; sent < requests / CLIENTS && System.nanoTime() < untilNanos; sent++) {
                            client.exchange(sent);
                            responses.incrementAndGet();
                        }
                    } catch (IOException e) {
                        LOG.warn("A warm-up client failed: {}", e.toString());
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
        } catch (IOException e) {
            LOG.warn("The warm-up failed: {}", e.toString());
        }
        return responses.get();
    }

    /** One rule for each kind of match and header edit, so that their code is exercised too. */
    private static ConfigDocument document(int originPort) {
        Backend origin = new Backend("warm-up/origin:" + originPort, LOOPBACK, originPort, false);
        List<BackendRef> refs = List.of(new BackendRef(origin.id(), 1));
        List<RuleFilter> edits = List.of(
                new RuleFilter.RequestHeaders(new RuleFilter.HeaderEdits(
                        List.of(new RuleFilter.Header("x-warm-up", "1")), List.of(), List.of("x-cold"))),
                new RuleFilter.ResponseHeaders(new RuleFilter.HeaderEdits(
                        List.of(), List.of(new RuleFilter.Header("x-warm-up", "1")), List.of())));
        return new ConfigDocument(
                new RouteRef(LISTENER, LISTENER, LISTENER),
                0,
                LISTENER,
                List.of(new Listener(LISTENER, 0, List.of())),
                List.of(
                        rule("exact", MatchType.Exact, "/small", edits, refs),
                        rule("expression", MatchType.RegularExpression, "/lar.*", List.of(), refs),
                        rule("prefix", MatchType.PathPrefix, "/upload", List.of(), refs)),
                List.of(origin),
                ConnectionPool.DEFAULT,
                Timeouts.DEFAULT,
                null,
                null,
                Drain.DEFAULT,
                new Telemetry(false, Duration.ZERO));
    }

    private static Rule rule(
            String name, MatchType type, String path, List<RuleFilter> filters, List<BackendRef> refs) {
        Match match = new Match(new PathMatch(type, path), null, List.of(), List.of());
        return new Rule(name, List.of(match), filters, refs, RuleTimeouts.INHERITED, null);
    }
}
