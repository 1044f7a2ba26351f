package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.ProxyFilter;
import io.proxyroute.filter.RequestHead;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The example filters in a proxy on loopback: leaks are reported with their site, the fixed versions cause no report. */
class LeakFamiliesTest {

    private static final String LEAKS = "io.proxyroute.examples.leaks.";
    private static final String FIXED = "io.proxyroute.examples.fixed.";
    private static final int REQUESTS = 300;
    private static final int CLIENTS = 4;

    @TempDir
    Path directory;

    @BeforeEach
    void jar() {
        FilterDirectory.withExamples(directory);
    }

    @Nested
    class ReclaimableLeaks {

        @ParameterizedTest
        @CsvSource({
            "UnclosedBody, RESPONSE_BODY, check, shop/cart:80",
            "UnreturnedLease, LEASE, openSession, shop/cart:80",
            "UnreleasedBuffer, BUFFER, stage,",
            "BlockedFork, TASK, startCounting,"
        })
        void areReportedWithSiteAndReclaimed(String family, ResourceKind kind, String method, String backend)
                throws Exception {
            try (FilteringProxy proxy = serving(LEAKS + family, Map.of())) {
                load(proxy);

                await().untilAsserted(() -> {
                    LedgerSummary summary = proxy.ledger.summary();
                    assertThat(summary.leaksTotal()).isEqualTo(REQUESTS);
                    assertThat(summary.reclaimedTotal()).isEqualTo(REQUESTS);
                    assertNothingHeld(summary);
                    assertThat(proxy.pool().active()).isZero();
                    assertThat(proxy.runtime.running()).isZero();
                });
                assertThat(proxy.ledger.summary().offenders()).singleElement().satisfies(offender -> {
                    assertThat(offender.kind()).isEqualTo(kind);
                    assertThat(offender.filter()).isEqualTo("suspect");
                    assertThat(offender.site())
                            .matches((LEAKS + family + "." + method).replace(".", "\\.") + "\\(" + family
                                    + "\\.java:\\d+\\)");
                    assertThat(offender.backend()).isEqualTo(backend);
                    assertThat(offender.count()).isEqualTo(REQUESTS);
                    assertThat(offender.lastTraceId()).matches("[0-9a-f]{32}");
                });
                assertThat(proxy.runtime.orphans()).isZero();
                assertThat(proxy.get("/still").statusCode()).isEqualTo(200); // the pool is not exhausted
            }
        }

        @Test
        void followOptionEvery() throws Exception {
            try (FilteringProxy proxy = serving(LEAKS + "UnreleasedBuffer", Map.of("every", "10"))) {
                load(proxy);
                await().until(() -> proxy.ledger.summary().leaksTotal() == REQUESTS / 10);
            }
        }
    }

    @Nested
    class FixedFilters {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UnclosedBody",
                    "UnreturnedLease",
                    "UnreleasedBuffer",
                    "BlockedFork",
                    "StaticMap",
                    "CapturingClosure",
                    "OwnDirectBuffers",
                    "FreshThreadLocals",
                    "SwallowedInterrupts"
                })
        void reportNoLeak(String family) throws Exception {
            try (FilteringProxy proxy = serving(FIXED + family, Map.of())) {
                load(proxy);

                await().untilAsserted(() -> {
                    LedgerSummary summary = proxy.ledger.summary();
                    assertNothingHeld(summary);
                    assertThat(summary.leaksTotal()).isZero();
                    assertThat(summary.offenders()).isEmpty();
                    assertThat(proxy.pool().active()).isZero();
                    assertThat(proxy.runtime.running()).isZero();
                });
            }
        }

        /** An interrupted filter cannot close its resources, so the ledger must not report a leak. */
        @ParameterizedTest
        @ValueSource(strings = {"UnclosedBody", "UnreturnedLease", "UnreleasedBuffer", "BlockedFork"})
        void reportNoLeakWhenClientsDisconnect(String family) throws Exception {
            try (FilteringProxy proxy = serving(FIXED + family, Map.of())) {
                for (int i = 0; i < REQUESTS; i++) {
                    try (Socket client = proxy.connect()) {
                        client.setSoLinger(true, 0); // closing it resets the connection
                        client.getOutputStream().write("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
                        if (i % 2 == 0) {
                            client.getInputStream().read();
                        }
                    }
                }
                await().untilAsserted(() -> {
                    assertNothingHeld(proxy.ledger.summary());
                    assertThat(proxy.ledger.summary().offenders()).isEmpty();
                    assertThat(proxy.runtime.running()).isZero();
                });
                assertThat(proxy.get("/still").statusCode()).isEqualTo(200);
            }
        }

        @Test
        void keepNoClosureOfEndedExchange() throws Exception {
            ProxyFilter filter = new io.proxyroute.examples.fixed.CapturingClosure();
            filter.configure(Map.of("bytes", "64"));
            RequestHead request = stub(RequestHead.class, method -> "/gone");
            FilterContext over = stub(FilterContext.class, method -> {
                if (method.equals("closeOnEnd")) {
                    throw new ExchangeEndedException("over");
                }
                return request;
            });
            LongSupplier kept = () -> LiveObjects.count(FIXED + "CapturingClosure$$Lambda");
            long before = kept.getAsLong();

            for (int i = 0; i < REQUESTS; i++) {
                assertThatThrownBy(() -> filter.handle(over)).isInstanceOf(ExchangeEndedException.class);
            }

            assertThat(kept.getAsLong() - before).isLessThan(REQUESTS / 4);
            filter.close();
        }
    }

    @Nested
    class MemoryGrowth {

        /** Counts objects on the heap: about one for each request if they leak, a handful if not. */
        @ParameterizedTest
        @CsvSource({
            "CapturingClosure, CapturingClosure$$Lambda",
            "FreshThreadLocals, FreshThreadLocals$Signing$Scratch",
            "SwallowedInterrupts, SwallowedInterrupts$Report"
        })
        void ofRetainedObjectsIsProportionalToRequests(String family, String object) throws Exception {
            Map<String, String> small = Map.of("bytes", "64");
            assertThat(growth(LEAKS + family, small, () -> LiveObjects.count(LEAKS + object)))
                    .isGreaterThanOrEqualTo(REQUESTS - 20);
            assertThat(growth(FIXED + family, small, () -> LiveObjects.count(FIXED + object)))
                    .isLessThan(REQUESTS / 4);
        }

        @Test
        void ofStaticMapIsBoundedOnlyInFixedFilter() throws Exception {
            int bytes = 100_000;
            Map<String, String> config = Map.of("bytes", "" + bytes, "entries", "16");
            assertThat(growth(LEAKS + "StaticMap", config, () -> LiveObjects.bytes("[B")))
                    .isGreaterThanOrEqualTo(bytes * (REQUESTS - 20L));
            assertThat(growth(FIXED + "StaticMap", config, () -> LiveObjects.bytes("[B")))
                    .isLessThan(bytes * REQUESTS / 4L);
        }

        @Test
        void ofDirectMemoryComesFromOwnBuffers() throws Exception {
            int bytes = 100_000; // much more than Netty allocates in the test
            Map<String, String> config = Map.of("bytes", "" + bytes);
            LongSupplier direct = () -> ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            assertThat(growth(LEAKS + "OwnDirectBuffers", config, direct))
                    .isGreaterThanOrEqualTo(bytes * (REQUESTS - 20L));
            assertThat(growth(FIXED + "OwnDirectBuffers", config, direct)).isLessThan(bytes * REQUESTS / 4L);
        }
    }

    /** How much a measurement grows under load while the filter is in use. */
    private long growth(String className, Map<String, String> config, LongSupplier measure) throws Exception {
        try (FilteringProxy proxy = serving(className, config)) {
            proxy.get("/warm");
            long before = measure.getAsLong();
            load(proxy);
            await().untilAsserted(() -> assertNothingHeld(proxy.ledger.summary()));
            assertThat(proxy.ledger.summary().leaksTotal()).isZero(); // the ledger does not track such leaks
            return measure.getAsLong() - before;
        }
    }

    private static <T> T stub(Class<T> type, Function<String, Object> results) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> results.apply(method.getName())));
    }

    private FilteringProxy serving(String className, Map<String, String> config) throws IOException {
        return new FilteringProxy(directory, Duration.ofSeconds(10))
                .serve(FilteringProxy.custom("suspect", className, config));
    }

    private static void assertNothingHeld(LedgerSummary summary) {
        assertThat(summary.openRecords()).isZero();
        assertThat(summary.heldLeases()).isZero();
        assertThat(summary.heldBuffers()).isZero();
        assertThat(summary.heldBufferBytes()).isZero();
        assertThat(summary.heldTasks()).isZero();
        assertThat(summary.quarantinedBytes()).isZero();
    }

    /** Sends requests from several clients concurrently; every response must come from the backend. */
    private static void load(FilteringProxy proxy) throws Exception {
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var done = new java.util.ArrayList<Future<?>>();
            for (int c = 0; c < CLIENTS; c++) {
                done.add(clients.submit(() -> {
                    for (int i = 0; i < REQUESTS / CLIENTS; i++) {
                        var response = proxy.get("/item?n=" + i);
                        assertThat(response.statusCode()).isEqualTo(200);
                        assertThat(response.body()).isEqualTo("GET /item?n=" + i + " 0");
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
    }
}
