package io.proxyroute.operator.episode;

import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.api.v1alpha1.RemediationSpec.DiagnosticsSpec;
import io.proxyroute.api.v1alpha1.RemediationSpec.DiagnosticsSpec.Part;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.push.ProxyAddress;
import io.proxyroute.operator.push.ProxyClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks one proxy for evidence: all parts at once, each within the time that is left. Thread-safe; calls block. */
final class CaseCollector {

    /** Between two class histograms; a leak worth replacing a pod for shows in it. */
    private static final Duration HISTOGRAM_DISTANCE = Duration.ofSeconds(5);

    private final ProxyClient client;
    private final Clock clock;

    CaseCollector(ProxyClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** What stops nothing. */
    CaseFile collect(ProxyAddress proxy, DiagnosticsSpec wanted, Duration timeout) {
        Instant now = clock.instant();
        Instant expiresAt = now.plus(wanted.ttl().toJava());
        try (Parts parts = new Parts(proxy, wanted, timeout)) {
            Future<String> config =
                    parts.ask(Part.Config, left -> client.get(proxy, AdminApi.CONFIG, JsonNode.class, left)
                            .toPrettyString());
            Future<Snapshot> snapshot =
                    parts.ask(Part.Snapshot, left -> client.get(proxy, AdminApi.SNAPSHOT, Snapshot.class, left));
            Future<LiveSetHistory> liveSet =
                    parts.ask(Part.LiveSet, left -> client.get(proxy, AdminApi.LIVE_SET, LiveSetHistory.class, left));
            Future<ThreadReport> threads =
                    parts.ask(Part.Threads, left -> client.get(proxy, AdminApi.THREADS, ThreadReport.class, left));
            Future<ExchangeTable> exchanges =
                    parts.ask(Part.Exchanges, left -> client.get(proxy, AdminApi.EXCHANGES, ExchangeTable.class, left));
            Future<List<PoolUsage>> pools = parts.ask(
                    Part.Pools,
                    left -> client.get(
                            proxy,
                            AdminApi.POOLS,
                            Json.MAPPER.getTypeFactory().constructCollectionType(List.class, PoolUsage.class),
                            left));
            LiveSetHistory history = parts.await(Part.LiveSet, liveSet);
            return new CaseFile(
                    expiresAt,
                    now,
                    parts.await(Part.Config, config),
                    parts.await(Part.Snapshot, snapshot),
                    history == null || history.lives().isEmpty()
                            ? List.of()
                            : history.lives().getLast().samples(),
                    parts.await(Part.Threads, threads),
                    parts.await(Part.Exchanges, exchanges),
                    parts.await(Part.Pools, pools),
                    null,
                    null,
                    List.copyOf(parts.gaps));
        }
    }

    /** Two class histograms, some seconds apart; each stops the process for a full collection. */
    CaseFile deepen(CaseFile file, ProxyAddress proxy, DiagnosticsSpec wanted, Duration timeout) {
        List<String> gaps = new ArrayList<>();
        ClassHistogram first = null;
        ClassHistogram second = null;
        if (isWanted(wanted, Part.ClassHistogram)) {
            Duration third = timeout.dividedBy(3);
            try {
                first = client.get(proxy, AdminApi.CLASS_HISTOGRAM, ClassHistogram.class, third);
                Thread.sleep(HISTOGRAM_DISTANCE.compareTo(third) < 0 ? HISTOGRAM_DISTANCE : third);
                second = client.get(proxy, AdminApi.CLASS_HISTOGRAM, ClassHistogram.class, third);
            } catch (IOException e) {
                gaps.add("ClassHistogram is missing: " + e.getMessage() + ".");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                gaps.add("ClassHistogram is missing: the operator is ending.");
            }
        }
        return file.with(first, second, gaps, clock.instant());
    }

    private static boolean isWanted(DiagnosticsSpec wanted, Part part) {
        return wanted.include().isEmpty() || Set.copyOf(wanted.include()).contains(part);
    }

    private interface Ask<T> {
        T within(Duration left) throws IOException, InterruptedException;
    }

    /** The parts under way. */
    private static final class Parts implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final ConcurrentLinkedQueue<String> gaps = new ConcurrentLinkedQueue<>();
        private final ProxyAddress proxy;
        private final DiagnosticsSpec wanted;
        private final Duration timeout;
        private final long deadline;

        Parts(ProxyAddress proxy, DiagnosticsSpec wanted, Duration timeout) {
            this.proxy = proxy;
            this.wanted = wanted;
            this.timeout = timeout;
            this.deadline = System.nanoTime() + timeout.toNanos();
        }

        <T> Future<T> ask(Part part, Ask<T> ask) {
            return isWanted(wanted, part) ? threads.submit(() -> ask.within(timeout)) : null;
        }

        <T> T await(Part part, Future<T> answer) {
            if (answer == null) {
                return null;
            }
            try {
                return answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                gaps.add("%s is missing: %s.".formatted(part, e.getCause().getMessage()));
            } catch (TimeoutException e) {
                gaps.add("%s is missing: %s did not answer in %s.".formatted(part, proxy.podName(), timeout));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                gaps.add(part + " is missing: the operator is ending.");
            }
            return null;
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
