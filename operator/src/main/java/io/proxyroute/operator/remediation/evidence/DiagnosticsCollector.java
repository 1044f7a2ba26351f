package io.proxyroute.operator.remediation.evidence;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Collects diagnostics from one proxy, part by part, most important first, until the timeout. It shares the
 * connection of the poller, since TLS handshakes are slow in a process that is short of memory. Thread-safe; calls
 * block.
 */
public final class DiagnosticsCollector {

    /** Time between two class histograms; a leak worth a replacement shows within it. */
    private static final Duration HISTOGRAM_INTERVAL = Duration.ofSeconds(5);

    private static final String REDACTED = "(redacted)";

    private final ProxyClient client;
    private final Clock clock;

    public DiagnosticsCollector(ProxyClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Collects the parts that do not pause the process. */
    DiagnosticsBundle collect(ProxyAddress proxy, DiagnosticsSpec spec, Duration timeout) {
        Instant now = clock.instant();
        Parts parts = new Parts(proxy, spec, timeout);
        Snapshot snapshot = parts.get(Part.Snapshot, AdminApi.SNAPSHOT, type(Snapshot.class), UnaryOperator.identity());
        LiveSetHistory history =
                parts.get(Part.LiveSet, AdminApi.LIVE_SET, type(LiveSetHistory.class), EvidenceBounds::history);
        ThreadReport threads =
                parts.get(Part.Threads, AdminApi.THREADS, type(ThreadReport.class), EvidenceBounds::threads);
        List<PoolUsage> pools = parts.get(
                Part.Pools,
                AdminApi.POOLS,
                Json.MAPPER.getTypeFactory().constructCollectionType(List.class, PoolUsage.class),
                EvidenceBounds::pools);
        ExchangeTable exchanges =
                parts.get(Part.Exchanges, AdminApi.EXCHANGES, type(ExchangeTable.class), EvidenceBounds::exchanges);
        JsonNode config = parts.get(Part.Config, AdminApi.CONFIG, type(JsonNode.class), UnaryOperator.identity());
        return new DiagnosticsBundle(
                spec.ttl().toJava(),
                now,
                config == null ? null : withoutSecrets(config).toPrettyString(),
                snapshot,
                history == null || history.processes().isEmpty()
                        ? List.of()
                        : history.processes().getLast().samples(),
                threads,
                exchanges,
                pools,
                null,
                null,
                List.copyOf(parts.gaps));
    }

    private static JavaType type(Class<?> type) {
        return Json.MAPPER.constructType(type);
    }

    /** Filter options and header values may be secrets, and more people can read reports than routes. */
    static JsonNode withoutSecrets(JsonNode config) {
        config.findParents("className").forEach(filter -> redactValues(filter.path("config")));
        config.findParents("value").stream()
                .filter(parent -> parent.has("name") && parent instanceof ObjectNode)
                .forEach(header -> ((ObjectNode) header).put("value", REDACTED));
        return config;
    }

    private static void redactValues(JsonNode options) {
        if (options instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> object.put(name, REDACTED));
        }
    }

    /** Adds two class histograms, some seconds apart; each pauses the process for a full collection. */
    DiagnosticsBundle addClassHistograms(
            DiagnosticsBundle bundle, ProxyAddress proxy, DiagnosticsSpec spec, Duration timeout) {
        List<String> gaps = new ArrayList<>();
        ClassHistogram first = null;
        ClassHistogram second = null;
        if (isRequested(spec, Part.ClassHistogram)) {
            Duration third = timeout.dividedBy(3);
            try {
                first = histogram(proxy, third);
                Thread.sleep(HISTOGRAM_INTERVAL.compareTo(third) < 0 ? HISTOGRAM_INTERVAL : third);
                second = histogram(proxy, third);
            } catch (IOException | RuntimeException e) {
                gaps.add("ClassHistogram is missing: " + e.getMessage() + ".");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                gaps.add("ClassHistogram is missing: the operator is shutting down.");
            }
        }
        return bundle.withHistograms(first, second, gaps, clock.instant());
    }

    private ClassHistogram histogram(ProxyAddress proxy, Duration timeout) throws IOException, InterruptedException {
        return EvidenceBounds.classes(client.get(proxy, AdminApi.CLASS_HISTOGRAM, ClassHistogram.class, timeout));
    }

    private static boolean isRequested(DiagnosticsSpec spec, Part part) {
        return spec.include().isEmpty() || Set.copyOf(spec.include()).contains(part);
    }

    /** Requests parts one by one, until the deadline. */
    private final class Parts {
        private final List<String> gaps = new ArrayList<>();
        private final ProxyAddress proxy;
        private final DiagnosticsSpec spec;
        private final long deadline;

        Parts(ProxyAddress proxy, DiagnosticsSpec spec, Duration timeout) {
            this.proxy = proxy;
            this.spec = spec;
            this.deadline = System.nanoTime() + timeout.toNanos();
        }

        <T> T get(Part part, String path, JavaType type, UnaryOperator<T> bounded) {
            if (!isRequested(spec, part)) {
                return null;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                gaps.add(part + " is missing: the capture timed out.");
                return null;
            }
            try {
                T found = client.get(proxy, path, type, Duration.ofNanos(left));
                return found == null ? null : bounded.apply(found);
            } catch (IOException | RuntimeException e) {
                gaps.add("%s is missing: %s.".formatted(part, e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                gaps.add(part + " is missing: the operator is shutting down.");
            }
            return null;
        }
    }
}
