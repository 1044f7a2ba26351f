package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients, backends and filters stall, disconnect and misbehave at random points, while rules and endpoints change.
 * Afterwards no resource is left, no response has reached the wrong request, and every well-behaved client has received
 * a response, complete or visibly cut by a backend. The fixture checks the first when it closes, the clients the
 * others.
 */
@ExtendWith(NoLeaks.class)
class RandomAbortSoakTest {

    private static final int CLIENTS = 16;
    private static final int EXCHANGES = 2500;

    /** Causes for which a well-behaved client may see a cut response. */
    private static final Set<EndCause> CUT_CAUSES =
            EnumSet.of(EndCause.RESPONSE_CUT, EndCause.STREAM_IDLE, EndCause.STREAM_TIMEOUT);

    private final AtomicInteger misroutedResponses = new AtomicInteger();
    private final AtomicInteger complete = new AtomicInteger();
    /** Requests of well-behaved clients without a complete response, by trace id, with what the client saw. */
    private final Map<String, IOException> withoutResponse = new ConcurrentHashMap<>();

    private final List<Throwable> unreadable = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @EnumSource(Transport.class)
    void leavesNothingBehindAndLosesNoResponse(Transport transport) throws Exception {
        ConnectionPool pool = new ConnectionPool(
                12,
                5,
                20,
                Duration.ofMillis(300),
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ZERO,
                Duration.ZERO);
        try (RawBackend one = RawBackend.scripted(peer -> serveRandomly(peer, new Random(1)));
                RawBackend two = RawBackend.scripted(peer -> serveRandomly(peer, new Random(2)));
                RawBackend good = RawBackend.responding(r -> RawBackend.ok(r.target()));
                ProxyFixture proxy = new ProxyFixture(transport, 2)
                        .backend("bad", one.endpoint(), two.endpoint(), good.endpoint())
                        .backend("good", good.endpoint())
                        .pool(pool)
                        .timeouts(400, 200, 500, 2000)) {
            serve(proxy, "a");
            AtomicInteger left = new AtomicInteger(EXCHANGES);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(100 + i);
                clients.add(Thread.ofVirtual().start(() -> {
                    while (left.get() > 0) {
                        try (RawClient client = proxy.client()) {
                            client.socket().setSoTimeout(4000);
                            sendRequests(client, random, left);
                        } catch (IOException e) {
                            // Either side disconnected, as this test intends.
                        } catch (RuntimeException | AssertionError e) {
                            unreadable.add(e);
                        }
                    }
                }));
            }
            for (int change = 0; left.get() > 0; change++) {
                int goal = left.get() - 100;
                if (change % 2 == 0) {
                    serve(proxy, "r" + change);
                } else {
                    proxy.backend("bad", change % 4 == 1 ? one.endpoint() : two.endpoint(), good.endpoint());
                }
                while (left.get() > goal && left.get() > 0) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
            }
            for (Thread client : clients) {
                client.join();
            }
            Map<EndCause, Integer> causes = new EnumMap<>(EndCause.class);
            proxy.ended.forEach(e -> causes.merge(e.cause(), 1, Integer::sum));
            assertThat(causes)
                    .as("all of these occurred")
                    .containsKeys(
                            EndCause.COMPLETED, EndCause.CLIENT_GONE, EndCause.RESPONSE_CUT, EndCause.BACKEND_TIMEOUT);
            assertThat(causes).as("a fault of the proxy").doesNotContainKeys(EndCause.INTERNAL);
            Map<String, EndCause> byTrace = new HashMap<>();
            proxy.ended.forEach(e -> byTrace.put(e.traceId(), e.cause()));
            Map<String, Object> lost = new HashMap<>();
            withoutResponse.forEach((trace, failure) -> {
                EndCause cause = byTrace.get(trace);
                if (cause == null || !CUT_CAUSES.contains(cause)) {
                    lost.put(trace, cause + ", and the client saw " + failure);
                }
            });
            assertThat(lost).as("lost responses").isEmpty();
        }
        assertThat(unreadable).as("unreadable responses").isEmpty();
        assertThat(misroutedResponses).as("responses to another request").hasValue(0);
        assertThat(complete.get()).as("complete responses").isGreaterThan(EXCHANGES / 10);
    }

    private static void serve(ProxyFixture proxy, String name) {
        List<BackendRef> refs = List.of(new BackendRef("bad", 3), new BackendRef("good", 1));
        Retry retry = new Retry(1, List.of(503), Duration.ofMillis(5), 20);
        Rule plain = new Rule(name, null, null, refs, null, retry);
        Rule filtered = new Rule(
                name + "-filtered",
                List.of(new Match(new PathMatch(MatchType.PathPrefix, "/filtered"), null, null, null)),
                null,
                refs,
                null,
                retry);
        proxy.rules(plain, filtered).apply(Map.of(filtered.name(), RandomAbortSoakTest::filter), () -> {});
    }

    /** Sends requests on one connection until either side closes it, and checks each response. */
    private void sendRequests(RawClient client, Random random, AtomicInteger left) throws IOException {
        while (left.getAndDecrement() > 0) {
            String target = (random.nextInt(4) == 0 ? "/filtered/" : "/") + Long.toHexString(random.nextLong());
            int size = random.nextInt(3) == 0 ? random.nextInt(100_000) : 0;
            String head = (size > 0 ? "POST " : "GET ") + target + " HTTP/1.1\r\nHost: a\r\n";
            byte[] body = new byte[size];
            switch (random.nextInt(12)) {
                case 0 -> {
                    client.send(head.substring(0, random.nextInt(head.length())));
                    end(client, random);
                    return;
                }
                case 1 -> {
                    client.send(head + "Content-Length: " + (size + 10) + "\r\n\r\n")
                            .send(body);
                    end(client, random);
                    return;
                }
                case 2 -> {
                    client.send(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
                    client.in().readNBytes(100);
                    return;
                }
                case 3 -> {
                    client.send(head + "Content-Length: " + size + "\r\n\r\n").send(body);
                    client.in().readNBytes(random.nextInt(50));
                    end(client, random);
                    return;
                }
                case 4 -> {
                    String trace = trace(random);
                    send(client, head, trace, body).socket().shutdownOutput();
                    receivesResponse(client, trace, target);
                    return;
                }
                case 5 -> {
                    String one = trace(random);
                    String two = trace(random);
                    send(client, "GET /first HTTP/1.1\r\nHost: a\r\n", one, new byte[0]);
                    send(client, "GET /second HTTP/1.1\r\nHost: a\r\n", two, new byte[0]);
                    if (!receivesResponse(client, one, "/first") || !receivesResponse(client, two, "/second")) {
                        return;
                    }
                }
                default -> {
                    String trace = trace(random);
                    send(client, head, trace, body);
                    if (!receivesResponse(client, trace, target)) {
                        return;
                    }
                }
            }
        }
    }

    private static String trace(Random random) {
        return String.format("%016x%016x", random.nextLong() | 1, random.nextLong());
    }

    private static RawClient send(RawClient client, String head, String trace, byte[] body) throws IOException {
        return client.send(head + "traceparent: 00-" + trace + "-00000000000000ff-01\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .send(body);
    }

    /** Reads a response that must arrive; false if it is the last one on its connection. */
    private boolean receivesResponse(RawClient client, String trace, String target) throws IOException {
        try {
            RawHttp.Message response = client.response();
            check(response, target);
            return !"close".equals(response.header("connection"));
        } catch (IOException e) {
            withoutResponse.put(trace, e);
            throw e;
        }
    }

    private static void end(RawClient client, Random random) throws IOException {
        if (random.nextBoolean()) {
            client.reset();
        } else {
            client.close();
        }
    }

    private void check(RawHttp.Message response, String target) {
        if (response.status() == 200) {
            complete.incrementAndGet();
            if (!response.text().equals(target)) {
                misroutedResponses.incrementAndGet();
            }
        }
    }

    /** Serves a connection until it misbehaves at random. */
    private static void serveRandomly(RawBackend.Peer peer, Random random) throws IOException, InterruptedException {
        random.setSeed(random.nextLong() ^ System.identityHashCode(peer));
        for (RawHttp.Message request = peer.request(); request != null; request = peer.request()) {
            String ok = RawBackend.ok(request.target());
            switch (random.nextInt(14)) {
                case 0 -> {
                    return;
                }
                case 1 -> {
                    peer.reset();
                    return;
                }
                case 2 -> {
                    peer.send(ok.substring(0, random.nextInt(ok.length())));
                    return;
                }
                case 3 -> {
                    peer.send(ok.substring(0, random.nextInt(ok.length())));
                    peer.reset();
                    return;
                }
                case 4 -> {
                    peer.send("garbage\r\n\r\n");
                    return;
                }
                case 5 -> peer.in().read(); // stays silent until the proxy times out
                case 6 -> peer.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                case 7 -> {
                    peer.send(ok + ok); // an unsolicited second response
                }
                case 8 -> {
                    peer.send(ok);
                    return; // closes when the connection may be reused
                }
                case 9 -> peer.send("HTTP/1.1 103 Early Hints\r\n\r\n" + ok);
                default -> peer.send(ok);
            }
        }
    }

    /** Proceeds, responds, fails, reads, leaks a buffer, or never reports an outcome. */
    private static FilterRun filter(FilterExchange exchange) {
        Random random = new Random(System.nanoTime());
        int mood = random.nextInt(8);
        var call = exchange.record().trackCall("f", () -> {});
        if (mood == 6) {
            ByteBuf held = Unpooled.directBuffer(64);
            exchange.record().track(ResourceKind.BUFFER, "f", "F.java:1", null, held::release);
        }
        FilterRun run = new FilterRun() {
            private boolean over;

            @Override
            public void body(ByteBuf content, boolean last) {
                content.release();
                if (last || mood == 1) {
                    exchange.proceed(Unpooled.EMPTY_BUFFER);
                } else {
                    exchange.readBody();
                }
            }

            @Override
            public void ended() {
                if (!over) {
                    over = true;
                    call.release();
                }
            }
        };
        Thread.ofVirtual().start(() -> exchange.loop().execute(() -> {
            if (exchange.record().hasEnded()) {
                return;
            }
            switch (mood) {
                case 0, 1 -> exchange.readBody();
                case 2 -> exchange.respond(204, new Fields(), Unpooled.EMPTY_BUFFER);
                case 3 -> exchange.fail(EndCause.FILTER_FAILED);
                case 4 -> exchange.proceedWith(Unpooled.directBuffer().writeBytes(new byte[1000]));
                case 5 -> {} // never reports an outcome
                default -> exchange.proceed(Unpooled.EMPTY_BUFFER);
            }
        }));
        return run;
    }
}
