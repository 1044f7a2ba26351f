package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reports every request of a production tenant to a collector, without delaying the request.
 *
 * <p>Bug: each report is delivered by a virtual thread that the filter starts itself and that retries after every
 * interrupt; in addition, the collector thread dies at the first request without a tenant. Leak: once the outbox is
 * full, no thread empties it, so every further request leaves a thread that waits forever with its report. The proxy
 * did not start these threads, so it cannot end them. Symptom: virtual threads and live set grow together; a thread
 * dump shows thousands of {@code report} threads in {@code SwallowedInterrupts.deliver}. The proxy cannot reclaim them;
 * the pod has to be replaced.
 *
 * <p>Options: {@code bytes} of a report (16384), {@code every}.
 */
public final class SwallowedInterrupts implements ProxyFilter {

    private record Report(String tenant, byte[] detail) {}

    private final BlockingQueue<Report> outbox = new ArrayBlockingQueue<>(16);
    private final LongAdder delivered = new LongAdder();

    private int bytes;
    private CallSampler sampler;
    private ExecutorService collector;

    @Override
    public void configure(Map<String, String> config) {
        bytes = Options.positive(config, "bytes", 16_384);
        sampler = CallSampler.of(config);
        collector = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("collector").factory());
        collector.submit(this::collect);
    }

    @Override
    public FilterResult handle(FilterContext context) {
        if (sampler.isDue()) {
            Report report = new Report(context.request().headers().get("X-Tenant"), new byte[bytes]);
            Thread.ofVirtual().name("report").start(() -> deliver(report));
        }
        return FilterResult.NEXT;
    }

    @Override
    public void close() {
        collector.shutdownNow();
    }

    private void deliver(Report report) {
        while (true) {
            try {
                if (outbox.offer(report, 30, TimeUnit.SECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                // The report matters: try again.
            }
        }
    }

    private Void collect() throws InterruptedException {
        while (true) {
            Report report = outbox.take();
            if (!report.tenant().startsWith("test-")) {
                delivered.add(report.detail().length);
            }
        }
    }
}
