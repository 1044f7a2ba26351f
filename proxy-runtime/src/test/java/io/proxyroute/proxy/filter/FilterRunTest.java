package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.FilterBuffer;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http1.Http1LinkFactory;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.stream.EndCause;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs filters on real event loops and with a real ledger, but without sockets. */
class FilterRunTest {

    private static final FilterRuntime.Bounds BOUNDS = new FilterRuntime.Bounds(
            Duration.ofMillis(100), 100, Duration.ofSeconds(1), Duration.ofSeconds(10), 64 << 20);

    @TempDir
    Path directory;

    private EventLoops loops;
    private Ledger ledger;
    private FilterJars jars;
    private FilterRuntime runtime;
    private final List<FilterSet> sets = new ArrayList<>();

    @BeforeEach
    void open() {
        loops = new EventLoops(Transport.available(), 1);
        ledger = new Ledger(loops, InstantSource.system(), 1 << 20);
        FilterDirectory.with(directory, "probed.jar", Probed.class);
        jars = FilterJars.open(FilterDirectory.with(directory, "scripted.jar", ScriptedFilter.class));
        runtime = new FilterRuntime(jars, loops, new BackendPools(loops, new Http1LinkFactory(loops)), ledger, BOUNDS);
    }

    @AfterEach
    void close() throws Exception {
        sets.forEach(FilterSet::retire);
        runtime.close();
        loops.close();
        jars.close();
    }

    private FilterChain chain(ScriptedFilter.Script... scripts) {
        return chain(runtime, scripts);
    }

    private FilterChain chain(FilterRuntime runtime, ScriptedFilter.Script... scripts) {
        List<RuleFilter> filters = new ArrayList<>();
        for (ScriptedFilter.Script script : scripts) {
            filters.add(new RuleFilter.Custom(
                    "scripted-" + filters.size(),
                    ScriptedFilter.class.getName(),
                    Map.of("script", ScriptedFilter.define(script))));
        }
        FilterSet set = runtime.prepare(document(filters));
        sets.add(set);
        assertThat(set.errors()).isEmpty();
        return set.chains().get("all");
    }

    private static ConfigDocument document(List<RuleFilter> filters) {
        return new ConfigDocument(
                null,
                1,
                null,
                null,
                List.of(new Rule("all", null, filters, null, null, null)),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private FakeExchange exchange(String... clientBody) {
        return new FakeExchange(loops.all().getFirst(), ledger, clientBody);
    }

    @Nested
    class Headers {

        @Test
        void areEditedExceptConnectionFields() throws Exception {
            FakeExchange exchange = exchange();
            exchange.request.fields().set("X-Old", "1");
            exchange.request.fields().set("X-Kept", "2");

            exchange.run(chain(context -> {
                var headers = context.request().headers();
                headers.remove("X-Old");
                headers.set(
                        "X-New",
                        context.request().method() + " " + context.request().target());
                assertThatThrownBy(() -> headers.set("Transfer-Encoding", "chunked"))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> headers.set("Content-Length", "7"))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> headers.set("X-Split", "a\r\nB: c"))
                        .isInstanceOf(IllegalArgumentException.class);
                return FilterResult.NEXT;
            }));

            assertThat(FakeExchange.entries(exchange.request.fields()))
                    .extracting(Object::toString)
                    .containsExactlyInAnyOrder("X-Kept=2", "X-New=POST /cart?item=7");
        }

        @Test
        void ofRequestShowEditsToNextFilter() throws Exception {
            String outcome = exchange()
                    .run(chain(
                            context -> {
                                context.request().headers().set("X-Seen", "yes");
                                return FilterResult.NEXT;
                            },
                            context -> FilterResult.respond(
                                    200,
                                    context.request().headers().get("x-seen").getBytes())));

            assertThat(outcome).isEqualTo("respond 200 [] 'yes'");
        }
    }

    @Nested
    class RequestBody {

        @Test
        void isNotReadUnlessFilterReadsIt() throws Exception {
            FakeExchange exchange = exchange("a", "b");

            assertThat(exchange.run(chain(context -> FilterResult.NEXT)))
                    .isEqualTo("proceed after '' with [a, b] to come");
            assertThat(exchange.reads).hasValue(0);
        }

        @Test
        void continuesInOrderAfterEachFilter() throws Exception {
            FakeExchange exchange = exchange("abc", "def", "ghi");

            String outcome = exchange.run(chain(
                    context -> {
                        assertThat(context.body().readNBytes(2)).isEqualTo("ab".getBytes());
                        return FilterResult.NEXT;
                    },
                    context -> {
                        assertThat(context.body().readNBytes(2)).isEqualTo("cd".getBytes());
                        return FilterResult.NEXT;
                    }));

            assertThat(outcome).isEqualTo("proceed after 'ef' with [ghi] to come");
            assertThat(exchange.reads).hasValue(2);
        }

        @Test
        void isReplacedForLaterFilters() throws Exception {
            String outcome = exchange("old")
                    .run(chain(context -> FilterResult.nextWith("new body".getBytes()), context -> {
                        assertThat(context.body().readNBytes(4)).isEqualTo("new ".getBytes());
                        return FilterResult.NEXT;
                    }));

            assertThat(outcome).isEqualTo("proceed with 'body'");
        }

        @Test
        void readByForkAfterReturnFailsExchange() throws Exception {
            FakeExchange exchange = exchange("abc");
            exchange.endless = true;

            String outcome = exchange.run(chain(context -> {
                InputStream body = context.body();
                body.readNBytes(3);
                context.fork("read", body::read);
                await().until(() -> exchange.reads.get() == 2);
                return FilterResult.NEXT;
            }));

            assertThat(outcome).isEqualTo("fail FILTER_FAILED");
            exchange.end(EndCause.FILTER_FAILED);
        }
    }

    @Nested
    class Failures {

        @Test
        void ofFilterOrItsResultFailExchange() throws Exception {
            assertThat(exchange().run(chain(context -> {
                        throw new java.io.IOException("on purpose");
                    })))
                    .isEqualTo("fail FILTER_FAILED");
            assertThat(exchange().run(chain(context -> {
                        throw new StackOverflowError("on purpose");
                    })))
                    .isEqualTo("fail FILTER_FAILED");
            assertThat(exchange().run(chain(context -> null))).isEqualTo("fail FILTER_FAILED");
            assertThat(exchange().run(chain(context -> FilterResult.respond(99, new byte[0]))))
                    .isEqualTo("fail FILTER_FAILED");
        }

        @Test
        void byOverloadRejectNewExchanges() throws Exception {
            CountDownLatch mayEnd = new CountDownLatch(1);
            FilterChain waiting = chain(context -> {
                mayEnd.await();
                return FilterResult.NEXT;
            });
            List<FakeExchange> exchanges = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                FakeExchange exchange = exchange();
                exchange.start(waiting);
                exchanges.add(exchange);
            }

            assertThat(exchange().run(waiting)).isEqualTo("fail FILTER_OVERLOADED");

            mayEnd.countDown();
            for (FakeExchange exchange : exchanges) {
                assertThat(exchange.outcome.get(10, TimeUnit.SECONDS)).startsWith("proceed");
            }
        }

        @Test
        void ofPrepareReleaseInstances() {
            List<RuleFilter> filters = List.of(
                    new RuleFilter.Custom("good", Probed.class.getName(), Map.of("id", "broken-off")),
                    new RuleFilter.Custom("nameless", null, Map.of()));

            assertThatThrownBy(() -> runtime.prepare(document(filters))).isInstanceOf(NullPointerException.class);

            await().until(() -> Probed.count("broken-off", "closed") == 1);
        }
    }

    @Test
    void bindsContextInFilterAndForks() throws Exception {
        String outcome = exchange().run(chain(context -> {
            boolean here = FilterContext.CURRENT.get() == context;
            boolean there = context.fork("look", () -> FilterContext.CURRENT.get() == context)
                    .join();
            return FilterResult.respond(200, (here + " " + there).getBytes());
        }));

        assertThat(outcome).isEqualTo("respond 200 [] 'true true'");
    }

    @Nested
    class Leaks {

        @Test
        void ofBufferAreReportedAndReclaimed() throws Exception {
            AtomicReference<FilterBuffer> kept = new AtomicReference<>();
            FakeExchange exchange = exchange();
            exchange.run(chain(context -> {
                kept.set(context.allocate(512));
                return FilterResult.NEXT;
            }));
            assertThat(ledger.summary().heldBufferBytes()).isEqualTo(512);

            exchange.end(EndCause.COMPLETED);

            LedgerSummary summary = ledger.summary();
            assertThat(summary.heldBuffers()).isZero();
            assertThat(summary.heldBufferBytes()).isZero();
            assertThat(summary.leaksTotal()).isEqualTo(1);
            assertThat(summary.reclaimedTotal()).isEqualTo(1);
            assertThat(summary.offenders()).singleElement().satisfies(offender -> {
                assertThat(offender.kind()).isEqualTo(ResourceKind.BUFFER);
                assertThat(offender.filter()).isEqualTo("scripted-0");
                assertThat(offender.lastTraceId()).isEqualTo(exchange.traceId());
            });
            assertThatThrownBy(() -> kept.get().read(0, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void ofForkAreReportedAndInterrupted() throws Exception {
            CountDownLatch interrupted = new CountDownLatch(1);
            FakeExchange exchange = exchange();
            exchange.run(chain(context -> {
                context.fork("stuck", () -> {
                    try {
                        return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                    } finally {
                        interrupted.countDown();
                    }
                });
                return FilterResult.NEXT;
            }));
            await().until(() -> ledger.summary().heldTasks() == 1);

            exchange.end(EndCause.COMPLETED);

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            await().untilAsserted(() -> {
                assertThat(ledger.summary().heldTasks()).isZero();
                assertThat(ledger.summary().leaksTotal()).isEqualTo(1);
                assertThat(ledger.summary().reclaimedTotal()).isEqualTo(1);
            });
            assertThat(runtime.orphans()).isZero();
        }

        @Test
        void areBoundedByMemoryLimit() throws Exception {
            String outcome = exchange().run(chain(context -> {
                List<FilterBuffer> held = new ArrayList<>();
                try {
                    for (int i = 0; i < 5; i++) {
                        held.add(context.allocate(16 << 20));
                    }
                    return FilterResult.NEXT;
                } catch (IllegalStateException e) {
                    return FilterResult.respond(200, (held.size() + " then: " + e.getMessage()).getBytes());
                } finally {
                    held.forEach(FilterBuffer::close);
                }
            }));

            assertThat(outcome)
                    .isEqualTo("respond 200 [] '4 then: no buffer of 16777216 bytes available: filters hold 67108864"
                            + " of at most 67108864 bytes; close buffers earlier or use smaller ones'");
            await().until(() -> ledger.summary().heldBuffers() == 0);
        }
    }

    @Nested
    class EndOfExchange {

        @Test
        void interruptsFilterWithoutReportingLeak() throws Exception {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            CountDownLatch inside = new CountDownLatch(1);
            FakeExchange exchange = exchange();
            exchange.start(chain(context -> {
                try (FilterBuffer buffer = context.allocate(64)) {
                    inside.countDown();
                    new CountDownLatch(1).await();
                } finally {
                    closed.complete(true);
                }
                return FilterResult.NEXT;
            }));
            inside.await();

            exchange.end(EndCause.CLIENT_GONE);

            assertThat(closed.get(10, TimeUnit.SECONDS)).isTrue();
            await().untilAsserted(() -> {
                assertThat(ledger.summary().heldTasks()).isZero();
                assertThat(ledger.summary().heldBuffers()).isZero();
                assertThat(ledger.summary().quarantinedBytes()).isZero();
            });
            assertThat(ledger.summary().leaksTotal()).isZero();
            assertThat(runtime.running()).isZero();
            assertThat(exchange.outcome).isNotDone(); // dropped
        }

        @Test
        void quarantinesMemoryUntilOrphanEnds() throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            FakeExchange exchange = exchange();
            exchange.start(chain(context -> {
                context.allocate(64);
                inside.countDown();
                while (mayEnd.getCount() > 0) {
                    try {
                        mayEnd.await();
                    } catch (InterruptedException e) {
                        // Ignored on purpose.
                    }
                }
                return FilterResult.NEXT;
            }));
            inside.await();

            exchange.end(EndCause.REQUEST_TIMEOUT);

            await().until(() -> runtime.orphans() == 1);
            assertThat(ledger.summary().quarantinedBytes()).isEqualTo(64);

            mayEnd.countDown();
            await().untilAsserted(() -> {
                assertThat(runtime.orphans()).isZero();
                assertThat(ledger.summary().quarantinedBytes()).isZero();
                assertThat(ledger.summary().heldBuffers()).isZero();
            });
        }

        @Test
        void disablesContext() throws Exception {
            AtomicReference<FilterContext> kept = new AtomicReference<>();
            AtomicReference<InputStream> body = new AtomicReference<>();
            FakeExchange exchange = exchange("abc");
            exchange.run(chain(context -> {
                kept.set(context);
                body.set(context.body());
                return FilterResult.NEXT;
            }));
            exchange.end(EndCause.COMPLETED);

            FilterContext context = kept.get();
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable use :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                            context::request,
                            context::body,
                            context::remaining,
                            () -> context.allocate(1),
                            () -> context.fork("late", () -> 1),
                            () -> context.acquire("shop/cart:80"),
                            () -> context.closeOnEnd(() -> {}))) {
                assertThatThrownBy(use).isInstanceOf(ExchangeEndedException.class);
            }
            assertThatThrownBy(body.get()::read).isInstanceOf(java.io.IOException.class);
            assertThat(ledger.summary().leaksTotal()).isZero();
        }

        @Test
        void closesRegisteredResource() throws Exception {
            CountDownLatch closed = new CountDownLatch(1);
            FakeExchange exchange = exchange();
            exchange.run(chain(context -> {
                context.closeOnEnd(closed::countDown);
                return FilterResult.NEXT;
            }));
            assertThat(closed.getCount()).isEqualTo(1);

            exchange.end(EndCause.COMPLETED);

            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ledger.summary().leaksTotal()).isZero();
        }

        @Test
        void closesResourceAfterTasksAndBeforeFilter() throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch closing = new CountDownLatch(1);
            CountDownLatch mayClose = new CountDownLatch(1);
            CompletableFuture<Boolean> closedUnderTheCall = new CompletableFuture<>();
            FilterRuntime.Bounds patient = new FilterRuntime.Bounds(
                    Duration.ofMinutes(1), 100, Duration.ofSeconds(1), Duration.ofSeconds(10), 64 << 20);
            try (FilterRuntime runtime = new FilterRuntime(
                    jars, loops, new BackendPools(loops, new Http1LinkFactory(loops)), ledger, patient)) {
                ConfiguredChain chain = (ConfiguredChain) chain(runtime, context -> {
                    context.closeOnEnd(() -> {
                        closing.countDown();
                        mayClose.await();
                    });
                    inside.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        closedUnderTheCall.complete(closing.await(200, TimeUnit.MILLISECONDS));
                    }
                    return FilterResult.NEXT;
                });
                FakeExchange exchange = exchange();
                exchange.start(chain);
                inside.await();
                exchange.end(EndCause.CLIENT_GONE);
                sets.forEach(FilterSet::retire);

                assertThat(closedUnderTheCall.get(10, TimeUnit.SECONDS)).isFalse();
                assertThat(closing.await(10, TimeUnit.SECONDS)).isTrue();
                FilterInstance instance = chain.steps().getFirst().instance();
                assertThat(instance.isClosed())
                        .as("closed under its own resource")
                        .isFalse();
                mayClose.countDown();
                await().until(instance::isClosed);
                await().until(() -> runtime.running() == 0);
            }
        }

        @Test
        void closesResourceThatBlocksTaskAfterGracePeriod() throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            FakeExchange exchange = exchange();
            exchange.start(chain(context -> {
                CountDownLatch open = new CountDownLatch(1);
                context.closeOnEnd(open::countDown);
                inside.countDown();
                while (open.getCount() > 0) {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        // Ignored on purpose.
                    }
                }
                return FilterResult.NEXT;
            }));
            inside.await();

            exchange.end(EndCause.REQUEST_TIMEOUT);

            await().until(() -> runtime.running() == 0);
        }
    }
}
