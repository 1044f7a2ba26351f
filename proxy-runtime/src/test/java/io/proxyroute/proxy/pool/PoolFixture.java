package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.BackendEvents;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Pools over real event loops and sockets, with {@link LineLinks}. Closing it checks that no resource is left: no link, no
 * permit, no timer.
 */
final class PoolFixture implements AutoCloseable {

    final LineLinks links = new LineLinks();
    final EventLoops loops;
    final BackendPools pools;
    /** The endpoint of every backend whose endpoints are not set. */
    final RawBackend backend = LineBackend.respondingWith("x");

    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private long version;

    PoolFixture(int threads) {
        this(Transport.available(), threads);
    }

    PoolFixture(Transport transport, int threads) {
        loops = new EventLoops(transport, threads);
        pools = new BackendPools(loops, links);
    }

    void configure(ConnectionPool settings, String... ids) {
        List<Backend> backends = new ArrayList<>();
        for (String id : ids) {
            backends.add(new Backend(id, "127.0.0.1", backend.port(), true));
        }
        pools.configure(settings, backends);
    }

    void endpoints(String id, Endpoint... all) {
        endpoints.put(id, List.of(all));
        pools.endpoints(new EndpointsDocument(++version, Map.copyOf(endpoints)));
    }

    void endpoints(String id, List<RawBackend> all) {
        endpoints(id, all.stream().map(RawBackend::endpoint).toArray(Endpoint[]::new));
    }

    EventLoop loop(int number) {
        return loops.all().get(number);
    }

    TestAcquire acquire(int loop, String id) {
        return new TestAcquire(loop, id, Long.MAX_VALUE, AcquireOptions.ANY);
    }

    TestAcquire acquireFresh(int loop, String id) {
        return new TestAcquire(loop, id, Long.MAX_VALUE, new AcquireOptions(true, null, false, false));
    }

    /** For a client that has completed a request. */
    TestAcquire acquireServed(int loop, String id) {
        return new TestAcquire(loop, id, Long.MAX_VALUE, new AcquireOptions(false, null, false, true));
    }

    TestAcquire acquire(int loop, String id, long deadlineNanos) {
        return new TestAcquire(loop, id, deadlineNanos, AcquireOptions.ANY);
    }

    /** Acquires, and waits for the lease. */
    TestAcquire acquireLease(int loop, String id) {
        TestAcquire acquire = acquire(loop, id);
        acquire.lease();
        return acquire;
    }

    /** Opens links at the same time, and returns them. */
    void openIdleLinks(int loop, String id, int count) {
        List<TestAcquire> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(acquire(loop, id));
        }
        all.forEach(TestAcquire::lease);
        all.forEach(TestAcquire::close);
        assertThat(usage(id).idle()).isEqualTo(count);
    }

    PoolUsage usage(String id) {
        return pools.usage().stream()
                .filter(usage -> usage.backend().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The kernel accepts before the backend's thread does, so that thread may be behind the pool. */
    void assertAccepted(int connections) {
        await().atMost(Duration.ofSeconds(10)).until(() -> backend.accepted() >= connections);
        assertThat(backend.accepted()).isEqualTo(connections);
    }

    void awaitConnections(int count) {
        await().untilAsserted(() -> assertThat(pools.connections()).isEqualTo(count));
    }

    /** Keeps a loop busy until the latch is released. */
    CountDownLatch block(int loop) {
        CountDownLatch latch = new CountDownLatch(1);
        loop(loop).execute(() -> awaitUninterruptibly(latch));
        return latch;
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void run(int loop, Runnable action) {
        CompletableFuture.runAsync(action, loop(loop))
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        pools.close();
        await().untilAsserted(() -> {
            assertThat(pools.connections()).as("permits").isZero();
            assertThat(links.open()).as("links").isZero();
            assertThat(pools.permitHolders()).as("holders of permits").isZero();
            for (int i = 0; i < loops.count(); i++) {
                assertThat(loop(i).submit(loops.wheel(i)::armedCount).get())
                        .as("timers")
                        .isZero();
            }
        });
        loops.close();
        backend.close();
    }

    /** One acquire and its outcome. */
    final class TestAcquire implements AcquireListener {

        final EventLoop loop;
        final CompletableFuture<Lease> outcome = new CompletableFuture<>();
        private volatile EndCause cause;
        private volatile PendingAcquire pending;

        private TestAcquire(int loop, String id, long deadlineNanos, AcquireOptions options) {
            this.loop = loop(loop);
            run(loop, () -> pending = pools.backend(id).acquire(this.loop, deadlineNanos, options, this));
        }

        @Override
        public void acquired(Lease lease) {
            assertThat(loop.inEventLoop() && lease.loop() == loop).isTrue();
            assertThat(outcome.complete(lease)).as("one outcome").isTrue();
        }

        @Override
        public void failed(EndCause why) {
            assertThat(loop.inEventLoop()).isTrue();
            cause = why;
            assertThat(outcome.complete(null)).as("one outcome").isTrue();
        }

        Lease lease() {
            Lease lease = outcome.orTimeout(10, TimeUnit.SECONDS).join();
            assertThat(lease).as("lease; cause %s", cause).isNotNull();
            return lease;
        }

        LineLinks.LineLink link() {
            return ((LineLinks.LineLease) lease()).link;
        }

        EndCause failure() {
            assertThat(outcome.orTimeout(10, TimeUnit.SECONDS).join()).isNull();
            return cause;
        }

        boolean isWaiting() {
            return !outcome.isDone();
        }

        void close() {
            Lease lease = lease();
            CompletableFuture.runAsync(lease::close, loop)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }

        void abort() {
            CompletableFuture.runAsync(pending::abort, loop)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }

        /** Sends a line and waits for the response; the name of the cause if there is none. */
        String request() {
            CompletableFuture<String> response = new CompletableFuture<>();
            send(new NoOpEvents() {
                private final StringBuilder text = new StringBuilder();

                @Override
                public void content(ByteBuf data, boolean last) {
                    text.append(data.toString(StandardCharsets.ISO_8859_1));
                    data.release();
                    if (last) {
                        response.complete(text.toString().strip());
                    }
                }

                @Override
                public void failed(EndCause why) {
                    response.complete(why.name());
                }
            });
            return response.orTimeout(10, TimeUnit.SECONDS).join();
        }

        void send(BackendEvents events) {
            Lease lease = lease();
            loop.execute(() -> PoolFixture.send(lease, events));
        }
    }

    /** Sends a line. Called on the loop. */
    static void send(Lease lease, BackendEvents events) {
        lease.open(Head.request("GET", "", "/", Protocol.HTTP_1_1, 0, null), true, events);
        lease.flush();
    }

    /** Ignores the response. */
    static class NoOpEvents implements BackendEvents {
        @Override
        public void interim(Head head) {}

        @Override
        public void head(Head head) {}

        @Override
        public void content(ByteBuf data, boolean last) {
            data.release();
        }

        @Override
        public void trailers(Fields trailers) {}

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void failed(EndCause why) {}
    }
}
