package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every setting of the pool, over two loops and real sockets. */
@ExtendWith(NoLeaks.class)
class BackendPoolsTest {

    private final EventLoops loops = new EventLoops(Transport.available(), 2);
    private final BackendPools pools = new BackendPools(loops);
    private final RawBackend backend = RawBackend.saying("x");
    private long version;

    @AfterEach
    void stop() {
        pools.close();
        await().untilAsserted(() -> assertThat(pools.connections()).isZero());
        await().untilAsserted(() -> {
            for (int i = 0; i < 2; i++) {
                assertThat(loops.all().get(i).submit(loops.wheel(i)::armedCount).get())
                        .isZero();
            }
        });
        loops.close();
        backend.close();
    }

    private void configure(ConnectionPool settings, String... ids) {
        List<Backend> backends = new ArrayList<>();
        for (String id : ids) {
            backends.add(new Backend(id, "127.0.0.1", backend.port(), true));
        }
        pools.configure(settings, backends);
    }

    private void endpoints(String id, Endpoint... endpoints) {
        pools.endpoints(new EndpointsDocument(++version, Map.of(id, List.of(endpoints))));
    }

    /** One acquire and what became of it. */
    private final class Wish implements AcquireListener {

        final EventLoop loop;
        final CompletableFuture<Lease> outcome = new CompletableFuture<>();
        volatile EndCause cause;
        volatile Acquire acquire;

        Wish(int loop, String id) {
            this(loop, id, Long.MAX_VALUE, false);
        }

        Wish(int loop, String id, long deadlineNanos, boolean fresh) {
            this.loop = loops.all().get(loop);
            CompletableFuture.runAsync(
                            () -> acquire = pools.backend(id).acquire(this.loop, deadlineNanos, fresh, this), this.loop)
                    .join();
        }

        @Override
        public void acquired(Lease lease) {
            assertThat(loop.inEventLoop()).isTrue();
            outcome.complete(lease);
        }

        @Override
        public void failed(EndCause why) {
            assertThat(loop.inEventLoop()).isTrue();
            cause = why;
            outcome.complete(null);
        }

        Lease lease() {
            Lease lease = outcome.orTimeout(10, TimeUnit.SECONDS).join();
            assertThat(lease).as("lease; cause %s", cause).isNotNull();
            return lease;
        }

        EndCause failure() {
            assertThat(outcome.orTimeout(10, TimeUnit.SECONDS).join()).isNull();
            return cause;
        }

        boolean waits() {
            return !outcome.isDone();
        }

        void giveBack() {
            Lease lease = lease();
            CompletableFuture.runAsync(lease::close, loop).join();
        }

        void abort() {
            CompletableFuture.runAsync(acquire::abort, loop).join();
        }
    }

    private PoolUsage usage(String id) {
        return pools.usage().stream()
                .filter(u -> u.backend().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Sends a request on a lease and waits for the whole answer. */
    private static String exchange(Lease lease) {
        CompletableFuture<String> body = new CompletableFuture<>();
        ask(lease, new Deaf() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public void content(HttpContent content) {
                text.append(content.content().toString(java.nio.charset.StandardCharsets.UTF_8));
                if (content instanceof LastHttpContent) {
                    body.complete(text.toString());
                }
                super.content(content);
            }

            @Override
            public void failed(EndCause cause) {
                body.complete(cause.name());
            }
        });
        return body.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void aConnectionIsReusedOnItsLoop() {
        configure(ConnectionPool.DEFAULT, "b");
        for (int i = 0; i < 10; i++) {
            Wish wish = new Wish(0, "b");
            assertThat(exchange(wish.lease())).isEqualTo("x");
            assertThat(wish.lease().reused()).isEqualTo(i > 0);
            wish.giveBack();
        }
        assertAccepted(1);
        assertThat(usage("b").idle()).isEqualTo(1);
        assertThat(usage("b").acquiresTotal()).isEqualTo(10);
        assertThat(usage("b").peakActivePerEndpoint()).isEqualTo(1);
    }

    /** Otherwise a backend that hangs would look fast: only those would count that it answers. */
    @Test
    void waitingForAnAnswerCountsWhetherItComesOrNot() {
        try (RawBackend hanging = RawBackend.scripted(peer -> {
            peer.request();
            peer.request();
        })) {
            configure(ConnectionPool.DEFAULT, "b", "h");
            assertThat(usage("b").responseP99Millis()).isZero();
            Wish answered = new Wish(0, "b");
            exchange(answered.lease());
            answered.giveBack();
            assertThat(usage("b").responseP99Millis()).isPositive();

            endpoints("h", hanging.endpoint());
            Wish inVain = new Wish(0, "h");
            ask(inVain.lease(), new Deaf());
            await().untilAsserted(() -> assertThat(hanging.requests).hasSize(1));
            assertThat(usage("h").responseP99Millis()).isZero();
            inVain.giveBack();
            assertThat(usage("h").responseP99Millis()).isPositive();
        }
    }

    private static class Deaf implements ResponseListener {
        @Override
        public void interim(HttpResponse head) {}

        @Override
        public void head(HttpResponse head) {}

        @Override
        public void content(HttpContent content) {
            content.release();
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void failed(EndCause cause) {}
    }

    private static void ask(Lease lease, ResponseListener listener) {
        lease.loop().execute(() -> {
            lease.send(
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER),
                    listener);
            lease.flush();
        });
    }

    @Test
    void oneLeaseServesSeveralRequests() {
        configure(ConnectionPool.DEFAULT, "b");
        Wish wish = new Wish(0, "b");
        assertThat(exchange(wish.lease())).isEqualTo("x");
        assertThat(exchange(wish.lease())).isEqualTo("x");
        wish.giveBack();
        assertAccepted(1);
        assertThat(backend.requests).hasSize(2);
    }

    @Test
    void endpointsAreTakenInTurn() {
        try (RawBackend second = RawBackend.saying("y")) {
            configure(ConnectionPool.DEFAULT, "b");
            endpoints("b", backend.endpoint(), second.endpoint());
            StringBuilder seen = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                Wish wish = new Wish(0, "b");
                seen.append(exchange(wish.lease()));
                wish.giveBack();
            }
            assertThat(seen.toString()).matches("(xy){5}|(yx){5}");
        }
    }

    @Test
    void anEndpointAtItsCapIsPassedOver() {
        try (RawBackend second = RawBackend.saying("y")) {
            configure(Pools.of(10, 1), "b");
            endpoints("b", backend.endpoint(), second.endpoint());
            Wish one = new Wish(0, "b");
            Wish two = new Wish(0, "b");
            assertThat(one.lease().endpoint()).isNotEqualTo(two.lease().endpoint());
            one.giveBack();
            // Its turn or not: the other one is taken.
            Wish three = new Wish(0, "b");
            assertThat(three.lease().endpoint()).isEqualTo(one.lease().endpoint());
            two.giveBack();
            three.giveBack();
        }
    }

    @Test
    void theCapOfAnEndpointHoldsOverAllLoops() {
        configure(Pools.of(10, 2), "b");
        Wish one = new Wish(0, "b");
        Wish two = new Wish(1, "b");
        one.lease();
        two.lease();
        Wish three = new Wish(0, "b");
        Wish four = new Wish(1, "b");
        assertThat(three.waits() && four.waits()).isTrue();
        assertThat(usage("b").pending()).isEqualTo(2);
        assertThat(pools.connections()).isEqualTo(2);

        one.giveBack();
        three.lease();
        two.giveBack();
        four.lease();
        assertThat(pools.connections()).isEqualTo(2);
        three.giveBack();
        four.giveBack();
        assertAccepted(2); // handed over, not reopened
    }

    @Test
    void theCapOfAllHoldsOverBackends() {
        configure(Pools.of(2, 2), "b", "c");
        Wish one = new Wish(0, "b");
        Wish two = new Wish(1, "b");
        one.lease();
        two.lease();
        Wish other = new Wish(0, "c");
        assertThat(other.waits()).isTrue();

        one.giveBack();
        assertThat(other.lease().backend()).isEqualTo("c");
        two.giveBack();
        other.giveBack();
        assertThat(pools.connections()).isEqualTo(2);
    }

    /** The kernel accepts before the backend's thread does, so that thread may be behind the proxy. */
    private void assertAccepted(int connections) {
        await().atMost(Duration.ofSeconds(10)).until(() -> backend.accepted() >= connections);
        assertThat(backend.accepted()).isEqualTo(connections);
    }

    @Test
    void waitersAreServedInTheOrderOfTheirComing() {
        configure(Pools.of(10, 1), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();
        List<Integer> served = new CopyOnWriteArrayList<>();
        List<Wish> waiters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            Wish wish = new Wish(0, "b");
            wish.outcome.thenAccept(lease -> served.add(number));
            waiters.add(wish);
        }
        waiters.get(3).abort();
        holder.giveBack();
        for (int i = 0; i < 8; i++) {
            if (i != 3) {
                waiters.get(i).giveBack();
            }
        }
        assertThat(served).containsExactly(0, 1, 2, 4, 5, 6, 7);
        assertThat(waiters.get(3).waits()).isTrue();
        assertThat(usage("b").pending()).isZero();
        assertAccepted(1);
    }

    @Test
    void anIdleConnectionElsewhereGivesWay() {
        configure(Pools.of(10, 1), "b");
        Wish first = new Wish(0, "b");
        first.lease();
        first.giveBack();
        assertThat(usage("b").idle()).isEqualTo(1);

        Wish second = new Wish(1, "b");
        assertThat(second.lease().loop()).isSameAs(loops.all().get(1));
        assertThat(pools.connections()).isEqualTo(1);
        second.giveBack();
    }

    @Test
    void theOldestIdleConnectionOfAnotherBackendGivesWay() {
        configure(Pools.of(2, 2), "b", "c", "d");
        Wish older = new Wish(0, "b");
        Wish younger = new Wish(1, "c");
        older.lease();
        younger.lease();
        older.giveBack();
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);
        younger.giveBack();

        Wish wish = new Wish(1, "d");
        wish.lease();
        assertThat(usage("b").idle()).isZero();
        assertThat(usage("c").idle()).isEqualTo(1);
        wish.giveBack();
    }

    @Test
    void twoWhoWaitAreNotServedByTheSameIdleConnection() {
        configure(Pools.of(2, 2), "b", "c", "d");
        Wish older = new Wish(0, "b");
        Wish younger = new Wish(1, "c");
        older.lease();
        younger.lease();
        older.giveBack();
        younger.giveBack();

        // Both turn to the oldest, before it has gone.
        CountDownLatch bothWait = new CountDownLatch(1);
        loops.all().getFirst().execute(() -> awaitUninterruptibly(bothWait));
        Wish one = new Wish(1, "d");
        Wish two = new Wish(1, "d");
        bothWait.countDown();

        one.lease();
        two.lease();
        assertThat(pools.connections()).isEqualTo(2);
        one.giveBack();
        two.giveBack();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aBackendThatManyWaitForDoesNotStarveAnother() {
        configure(Pools.of(2, 2), "b", "c");
        Wish one = new Wish(0, "b");
        Wish two = new Wish(0, "b");
        one.lease();
        two.lease();
        Wish other = new Wish(0, "c");
        Wish next = new Wish(0, "b");

        one.giveBack();
        assertThat(other.lease().backend()).isEqualTo("c");
        assertThat(next.waits()).isTrue();
        two.giveBack();
        next.giveBack();
        other.giveBack();
        assertAccepted(3); // handed over where nobody is wronged by it
    }

    @Test
    void permitsGoToWhoHasWaitedLongest() {
        configure(Pools.of(1, 1), "b", "c");
        Wish holder = new Wish(0, "b");
        holder.lease();
        List<String> served = new CopyOnWriteArrayList<>();
        List<Wish> waiters = new ArrayList<>();
        for (String id : List.of("b", "c", "b", "c")) {
            Wish wish = new Wish(0, id, Long.MAX_VALUE, true); // a new connection, so that none is handed over
            wish.outcome.thenAccept(lease -> served.add(id));
            waiters.add(wish);
        }

        holder.giveBack();
        waiters.forEach(Wish::giveBack);
        assertThat(served).containsExactly("b", "c", "b", "c");
    }

    @Test
    void noLoopStarves() {
        configure(Pools.of(10, 1, 1000, 400), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();
        Wish other = new Wish(1, "b");
        // Loop 0 always has somebody waiting; loop 1 has no connection, and still comes first.
        Wish next = new Wish(0, "b");
        holder.giveBack();
        other.giveBack();
        next.giveBack();
    }

    @Test
    void tooManyWaitersAreRefused() {
        configure(Pools.of(10, 1, 2, 3000), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();
        Wish one = new Wish(0, "b");
        Wish two = new Wish(1, "b");

        assertThat(new Wish(0, "b").failure()).isEqualTo(EndCause.POOL_EXHAUSTED);
        holder.giveBack();
        one.giveBack();
        two.giveBack();
    }

    @Test
    void aWaiterGivesUpInTime() {
        configure(Pools.of(10, 1, 10, 100), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();

        assertThat(new Wish(1, "b").failure()).isEqualTo(EndCause.ACQUIRE_TIMEOUT);
        assertThat(usage("b").acquireTimeoutsTotal()).isEqualTo(1);
        assertThat(usage("b").pending()).isZero();
        holder.giveBack();
    }

    @Test
    void theExchangesDeadlineEndsTheWaitToo() {
        configure(Pools.of(10, 1), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();
        long soon = loops.wheel(0).nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);

        assertThat(new Wish(0, "b", soon, false).failure()).isEqualTo(EndCause.ACQUIRE_TIMEOUT);
        holder.giveBack();
    }

    @Test
    void aFreshConnectionIsNotAReusedOne() {
        configure(Pools.of(10, 1), "b");
        Wish first = new Wish(0, "b");
        exchange(first.lease());
        first.giveBack();

        Wish fresh = new Wish(0, "b", Long.MAX_VALUE, true);
        assertThat(fresh.lease().reused()).isFalse();
        fresh.giveBack();
        assertAccepted(2);
        assertThat(pools.connections()).isEqualTo(1);
    }

    /** Whoever asked for it had gone when it was open. */
    @Test
    void aConnectionThatHasOnlyIdledIsAReusedOne() {
        configure(ConnectionPool.DEFAULT, "b");
        Wish first = new Wish(0, "b");
        assertThat(first.lease().reused()).isFalse();
        first.giveBack();

        Wish second = new Wish(0, "b");
        assertThat(second.lease().reused()).isTrue();
        second.giveBack();
        assertAccepted(1);
    }

    private static ConnectionPool times(long keepAlive, long lifetime, long leak, long abandoned) {
        return new ConnectionPool(
                10,
                5,
                10,
                Duration.ofSeconds(3),
                Duration.ofMillis(200),
                Duration.ofMillis(keepAlive),
                Duration.ofMillis(lifetime),
                Duration.ofMillis(leak),
                Duration.ofMillis(abandoned));
    }

    @Test
    void anIdleConnectionIsClosedAfterItsKeepAlive() {
        configure(times(100, 0, 0, 0), "b");
        Wish wish = new Wish(0, "b");
        wish.lease();
        wish.giveBack();
        await().untilAsserted(() -> assertThat(pools.connections()).isZero());
        await().until(() -> backend.open() == 0);
    }

    @Test
    void aConnectionIsClosedAfterItsLifetimeAndNotInUse() {
        configure(times(60_000, 150, 0, 0), "b");
        Wish wish = new Wish(0, "b");
        wish.lease();
        await().pollDelay(Duration.ofMillis(250)).until(() -> backend.open() == 1);
        assertThat(exchange(wish.lease())).isEqualTo("x");
        wish.giveBack();
        await().untilAsserted(() -> assertThat(pools.connections()).isZero());

        Wish idle = new Wish(0, "b");
        idle.lease();
        idle.giveBack();
        await().untilAsserted(() -> assertThat(pools.connections()).isZero());
    }

    @Test
    void aConnectionThatTheBackendClosesIsForgotten() {
        try (RawBackend closing = RawBackend.scripted(peer -> {
            peer.request();
            peer.send(RawBackend.ok("x"));
        })) {
            configure(ConnectionPool.DEFAULT, "b");
            endpoints("b", closing.endpoint());
            Wish wish = new Wish(0, "b");
            exchange(wish.lease());
            wish.giveBack();
            await().untilAsserted(() -> assertThat(pools.connections()).isZero());
        }
    }

    /** Were it left to itself, the wait would end with ACQUIRE_TIMEOUT. */
    @Test
    void connectingTakesNoLongerThanItMay() throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            while (connects(queued, deaf.getLocalPort())) {
                assertThat(queued).as("connections that nobody accepts").hasSizeLessThan(100);
            }
            configure(times(60_000, 0, 0, 0), "b");
            endpoints("b", new Endpoint("127.0.0.1", deaf.getLocalPort()));
            assertThat(new Wish(0, "b").failure()).isEqualTo(EndCause.CONNECT_FAILED);
            assertThat(pools.connections()).isZero();
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    /** False when the kernel does not even refuse: the queue of who was not accepted is full. */
    private static boolean connects(List<Socket> queued, int port) throws IOException {
        Socket socket = new Socket();
        queued.add(socket);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void aSilentLeaseIsReportedAndTakenBack() {
        configure(times(60_000, 0, 100, 2000), "b");
        Wish forgotten = new Wish(0, "b");
        Lease held = forgotten.lease();

        await().untilAsserted(() -> assertThat(usage("b").suspectedTotal()).isEqualTo(1));
        assertThat(usage("b").abandonedTotal()).isZero();
        await().untilAsserted(() -> assertThat(usage("b").abandonedTotal()).isEqualTo(1));
        assertThat(CompletableFuture.supplyAsync(held::ready, held.loop()).join())
                .isFalse();
        assertThat(usage("b").active()).isZero();
        assertThat(usage("b").suspectedTotal()).as("once a lease").isEqualTo(1);
        forgotten.giveBack();
        assertThat(usage("b").active()).isZero();
    }

    @Test
    void anEndpointThatIsGoneGetsNothingNew() {
        try (RawBackend second = RawBackend.saying("y")) {
            configure(ConnectionPool.DEFAULT, "b");
            endpoints("b", backend.endpoint());
            Wish running = new Wish(0, "b");
            running.lease();
            Wish idle = new Wish(0, "b");
            idle.lease();
            idle.giveBack();

            endpoints("b", second.endpoint());
            await().until(() -> backend.open() == 1);
            Wish next = new Wish(0, "b");
            assertThat(exchange(next.lease())).isEqualTo("y");
            assertThat(exchange(running.lease())).isEqualTo("x");
            running.giveBack();
            next.giveBack();
            await().until(() -> backend.open() == 0);
        }
    }

    @Test
    void whoWaitsForAnEndpointThatGoesIsServedByAnother() {
        try (RawBackend second = RawBackend.saying("y")) {
            configure(Pools.of(10, 1), "b");
            endpoints("b", backend.endpoint());
            Wish holder = new Wish(0, "b");
            holder.lease();
            Wish waiter = new Wish(1, "b");
            assertThat(waiter.waits()).isTrue();

            endpoints("b", second.endpoint());
            assertThat(waiter.lease().endpoint()).isEqualTo(second.endpoint());
            waiter.giveBack();
            holder.giveBack();
        }
    }

    @Test
    void anOlderListOfEndpointsIsIgnored() {
        configure(ConnectionPool.DEFAULT, "b");
        pools.endpoints(new EndpointsDocument(7, Map.of("b", List.of(backend.endpoint()))));

        assertThat(pools.endpoints(new EndpointsDocument(6, Map.of("b", List.of()))))
                .isEqualTo(7);
        new Wish(0, "b").giveBack();
    }

    @Test
    void capsMayBeRaisedAndLowered() {
        configure(Pools.of(10, 1), "b");
        Wish one = new Wish(0, "b");
        one.lease();
        Wish two = new Wish(0, "b");
        assertThat(two.waits()).isTrue();

        configure(Pools.of(10, 2), "b");
        two.lease();
        configure(Pools.of(10, 1), "b");
        one.giveBack();
        await().untilAsserted(() -> assertThat(pools.connections()).isEqualTo(1));
        two.giveBack();
        assertThat(pools.connections()).isEqualTo(1);
    }

    /** Connections that idle, all at once, on a loop. */
    private void idle(int loop, String id, int connections) {
        List<Wish> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            all.add(new Wish(loop, id));
        }
        all.forEach(Wish::lease);
        all.forEach(Wish::giveBack);
        assertThat(usage(id).idle()).isEqualTo(connections);
    }

    @Test
    void connectionsThatIdleOverALoweredCapOfAllGiveWay() {
        configure(Pools.of(10, 10), "b");
        idle(0, "b", 6);

        configure(Pools.of(2, 2), "b", "c", "d");
        Wish one = new Wish(0, "c");
        Wish two = new Wish(1, "d");
        one.lease();
        two.lease();
        await().untilAsserted(() -> assertThat(pools.connections()).isEqualTo(2));
        one.giveBack();
        two.giveBack();
    }

    @Test
    void connectionsThatIdleOverALoweredCapOfAnEndpointGiveWay() {
        configure(Pools.of(10, 10), "b");
        idle(0, "b", 6);

        configure(Pools.of(10, 2), "b");
        Wish wish = new Wish(1, "b");
        wish.lease();
        await().untilAsserted(() -> assertThat(pools.connections()).isLessThanOrEqualTo(2));
        wish.giveBack();
    }

    /** The end of an idle connection was read, and the pool is told in one of the loop's next tasks. */
    @Test
    void aConnectionThatHasJustEndedIsNotHandedOver() {
        configure(Pools.of(10, 2), "b");
        Wish first = new Wish(0, "b");
        Wish elsewhere = new Wish(1, "b");
        Channel channel = first.lease().connection.channel;
        elsewhere.lease();
        first.giveBack();
        Lease[] got = new Lease[1];
        CountDownLatch waits = new CountDownLatch(1);
        CompletableFuture<Boolean> sound = new CompletableFuture<>();
        AcquireListener listener = new AcquireListener() {
            @Override
            public void acquired(Lease handed) {
                got[0] = handed;
                sound.complete(handed.ready());
            }

            @Override
            public void failed(EndCause cause) {
                sound.completeExceptionally(new AssertionError(cause));
            }
        };
        loops.all().getFirst().execute(() -> {
            awaitUninterruptibly(waits); // what is to be done for who waits elsewhere comes after this
            pools.backend("b").acquire(loops.all().getFirst(), Long.MAX_VALUE, listener);
            channel.close();
        });
        Wish waiter = new Wish(1, "b");
        assertThat(waiter.waits()).isTrue();
        waits.countDown();

        waiter.giveBack();
        assertThat(sound.orTimeout(10, TimeUnit.SECONDS).join()).isTrue();
        CompletableFuture.runAsync(got[0]::close, loops.all().getFirst()).join();
        elsewhere.giveBack();
    }

    @Test
    void closingRefusesWhoWaits() {
        configure(Pools.of(10, 1), "b");
        Wish holder = new Wish(0, "b");
        holder.lease();
        Wish waiter = new Wish(1, "b");

        pools.close();
        assertThat(waiter.failure()).isEqualTo(EndCause.SHUTDOWN);
        holder.giveBack();
    }

    @Test
    void aBackendByNameIsResolved() {
        pools.configure(ConnectionPool.DEFAULT, List.of(new Backend("n", "localhost", backend.port(), false)));
        Wish wish = new Wish(0, "n");
        assertThat(exchange(wish.lease())).isEqualTo("x");
        wish.giveBack();
    }
}
