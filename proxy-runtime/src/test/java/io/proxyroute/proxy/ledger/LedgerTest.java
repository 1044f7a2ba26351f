package io.proxyroute.proxy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However an exchange ends, every resource is released once, and a filter's leaks are attributed to it. */
class LedgerTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final EventLoops loops = new EventLoops(Transport.available(), 2);
    private final Ledger ledger = new Ledger(loops, Clock.fixed(NOW, ZoneOffset.UTC), 1000);
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void stop() {
        loops.close();
    }

    private record TestExchange(String traceId) implements TrackedExchange {
        @Override
        public ExchangeTable.Row describe(long nowNanos, List<String> held) {
            return new ExchangeTable.Row(traceId, "rule", "GET", "/", null, 1, 1, "runs", held);
        }
    }

    private final class TestResource implements Releasable {
        private final String name;
        private final long bytes;

        TestResource(String name, long bytes) {
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        public void release() {
            events.add("release " + name);
        }

        @Override
        public void revoke() {
            events.add("revoke " + name);
        }

        @Override
        public long bytes() {
            return bytes;
        }
    }

    private ExchangeRecord open() {
        return ledger.forLoop(loops.all().getFirst()).open(new TestExchange("t1"));
    }

    private TestResource resource(String name) {
        return new TestResource(name, 0);
    }

    @Nested
    class End {

        @Test
        void endReleasesEachResourceOnce() {
            ExchangeRecord record = open();
            record.track(ResourceKind.LEASE, "b", resource("lease"));
            OwnedResource early = record.track(ResourceKind.BUFFER, null, new TestResource("buffer", 10));
            assertThat(ledger.summary().openRecords()).isEqualTo(1);
            assertThat(ledger.summary().heldLeases()).isEqualTo(1);
            assertThat(ledger.summary().heldBufferBytes()).isEqualTo(10);
            early.release();
            early.release();
            assertThat(ledger.summary().heldBufferBytes()).isZero();

            record.end(EndCause.CLIENT_GONE);
            record.end(EndCause.COMPLETED);
            early.release();

            assertThat(events).containsExactly("release buffer", "release lease");
            assertThat(record.cause()).isEqualTo(EndCause.CLIENT_GONE);
            LedgerSummary after = ledger.summary();
            assertThat(after.openRecords() + after.heldLeases() + after.heldBuffers())
                    .isZero();
            assertThat(after.leaksTotal()).isZero();
        }

        @Test
        void endReleasesOthersIfOneFails() {
            ExchangeRecord record = open();
            record.track(ResourceKind.LEASE, "b", resource("first"));
            record.track(ResourceKind.CLOSEABLE, null, () -> {
                throw new NoClassDefFoundError();
            });
            record.track(ResourceKind.LEASE, "b", () -> {
                throw new OutOfMemoryError();
            });
            record.track(ResourceKind.BUFFER, "filter", "Site.line:1", null, () -> {
                throw new IllegalStateException();
            });
            record.track(ResourceKind.LEASE, "b", resource("last"));
            record.end(EndCause.COMPLETED);
            assertThat(events).containsExactly("release first", "release last");
            assertThat(ledger.summary().heldLeases()).isZero();
            assertThat(ledger.summary().heldBuffers()).isZero();
        }

        @Test
        void endHandlesResourcesThatReleaseOthers() {
            ExchangeRecord record = open();
            record.trackCall("f", resource("call"));
            List<OwnedResource> others = new ArrayList<>();
            record.track(ResourceKind.LEASE, "b", () -> {
                events.add("release lease");
                others.forEach(OwnedResource::release);
            });
            others.add(record.track(ResourceKind.LEASE, "b", resource("next")));
            others.add(record.track(ResourceKind.LEASE, "f", "F.java:1", "b", resource("after it")));
            record.track(ResourceKind.LEASE, "b", resource("last but one"));
            record.track(ResourceKind.BUFFER, null, new TestResource("last", 10));

            record.end(EndCause.CLIENT_GONE);

            assertThat(events)
                    .containsExactly(
                            "revoke call",
                            "release lease",
                            "release next",
                            "release after it",
                            "release last but one",
                            "release last");
            assertThat(ledger.summary().heldLeases()).isZero();
            assertThat(ledger.summary().heldBufferBytes()).isZero();
        }

        @Test
        void endAbortsPendingAcquiresBeforeItReleasesLeases() {
            ExchangeRecord record = open();
            record.track(ResourceKind.LEASE, "b", resource("lease"));
            record.track(ResourceKind.CLOSEABLE, "b", resource("wait"));

            record.end(EndCause.CLIENT_GONE);

            assertThat(events).containsExactly("release wait", "release lease");
        }

        /** Quadratic work would take minutes here, on the event loop. */
        @Test
        @Timeout(20)
        void endTakesLinearTime() {
            ExchangeRecord record = open();
            for (int i = 0; i < 300_000; i++) {
                record.track(ResourceKind.BUFFER, "f", "F.java:1", null, new TestResource("buffer", 1));
            }

            record.end(EndCause.COMPLETED);

            assertThat(ledger.summary().leaksTotal()).isEqualTo(300_000);
            assertThat(ledger.summary().heldBuffers()).isZero();
        }

        @Test
        void releasesResourceTrackedAfterEnd() {
            ExchangeRecord record = open();
            record.end(EndCause.COMPLETED);

            OwnedResource late = record.track(ResourceKind.LEASE, "f", "F.java:1", "b", resource("late"));

            assertThat(events).containsExactly("revoke late", "release late");
            assertThat(late.isReleased()).isTrue();
            assertThat(ledger.summary().heldLeases()).isZero();
            assertThat(ledger.summary().leaksTotal())
                    .as("leaks: the filter could not have closed it")
                    .isZero();
        }
    }

    @Nested
    class Leaks {

        @Test
        void attributesLeaksToTheirSites() {
            for (int i = 0; i < 3; i++) {
                ExchangeRecord record = open();
                OwnedResource call = record.trackCall("f", resource("call"));
                record.track(ResourceKind.RESPONSE_BODY, "f", "F.java:7", "b", resource("body"));
                OwnedResource closed = record.track(ResourceKind.LEASE, "f", "F.java:8", "b", resource("lease"));
                closed.release();
                call.release();
                record.end(EndCause.COMPLETED);
            }
            LedgerSummary summary = ledger.summary();
            assertThat(summary.leaksTotal()).isEqualTo(3);
            assertThat(summary.reclaimedTotal()).isEqualTo(3);
            assertThat(summary.offenders())
                    .containsExactly(
                            new LeakSite(ResourceKind.RESPONSE_BODY, "f", "F.java:7", "b", 3, 3, NOW, NOW, "t1"));
            assertThat(summary.heldLeases()).isZero();
        }

        @Test
        void countsNoLeakIfCallIsInterrupted() {
            ExchangeRecord record = open();
            OwnedResource call = record.trackCall("f", resource("call"));
            record.track(ResourceKind.LEASE, "f", "F.java:8", "b", resource("lease"));

            record.end(EndCause.CLIENT_GONE);

            assertThat(events).containsExactly("revoke call", "revoke lease", "release lease");
            assertThat(ledger.summary().leaksTotal()).isZero();
            assertThat(ledger.summary().heldTasks()).isEqualTo(1);
            call.release();
            assertThat(ledger.summary().heldTasks()).isZero();
        }

        @Test
        void boundsNumberOfLeakSites() {
            for (int i = 0; i < 2000; i++) {
                ExchangeRecord record = open();
                record.track(ResourceKind.LEASE, "f", "F.java:" + i, "b", resource("lease"));
                record.end(EndCause.COMPLETED);
            }
            LedgerSummary summary = ledger.summary();
            assertThat(summary.leaksTotal()).isEqualTo(2000);
            assertThat(summary.offenders()).hasSize(20);
            assertThat(summary.offenders().getFirst().site()).isEqualTo("(others)");
            assertThat(summary.offenders().getFirst().count()).isEqualTo(1500);
        }
    }

    @Nested
    class Quarantine {

        @Test
        void quarantinesBuffersUntilLastTaskEnds() {
            ExchangeRecord record = open();
            OwnedResource call = record.trackCall("f", resource("call"));
            OwnedResource fork = record.track(ResourceKind.TASK, "f", "F.java:3", null, resource("fork"));
            record.track(ResourceKind.BUFFER, "f", "F.java:4", null, new TestResource("buffer", 600));
            call.release();
            events.clear();

            record.end(EndCause.COMPLETED);

            assertThat(events).containsExactly("revoke fork", "revoke buffer");
            assertThat(ledger.summary().quarantinedBytes()).isEqualTo(600);
            assertThat(ledger.isQuarantineFull()).isFalse();
            assertThat(ledger.summary().leaksTotal()).isEqualTo(2);
            assertThat(ledger.summary().reclaimedTotal()).isZero();
            assertThat(ledger.summary().openRecords()).isZero();

            fork.release();
            assertThat(events).containsExactly("revoke fork", "revoke buffer", "release fork", "release buffer");
            assertThat(ledger.summary().quarantinedBytes()).isZero();
            assertThat(ledger.summary().reclaimedTotal()).isEqualTo(2);
            assertThat(ledger.summary().heldBuffers()).isZero();
        }

        @Test
        void reportsQuarantineFullAtItsCap() {
            ExchangeRecord record = open();
            record.trackCall("f", resource("call"));
            record.track(ResourceKind.BUFFER, "f", "F.java:4", null, new TestResource("buffer", 1000));
            record.end(EndCause.CLIENT_GONE);

            assertThat(ledger.isQuarantineFull()).isTrue();
        }
    }

    @Test
    void tableOfExchangesListsResources() throws Exception {
        CompletableFuture.runAsync(
                        () -> {
                            ExchangeRecord record = open();
                            record.track(ResourceKind.LEASE, "b", resource("lease"));
                            record.track(ResourceKind.BUFFER, "f", "F.java:4", null, resource("buffer"));
                        },
                        loops.all().getFirst())
                .join();

        ExchangeTable table = ledger.exchanges();
        assertThat(table.total()).isEqualTo(1);
        assertThat(table.rows().getFirst().held()).containsExactly("lease to b", "buffer of filter f at F.java:4");
    }
}
