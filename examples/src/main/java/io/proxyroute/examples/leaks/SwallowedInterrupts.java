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
 * Reports every request of a real tenant to a collector, without making the request wait.
 *
 * <p>Wrong: each report is handed over by a virtual thread that was started past the proxy and tries again after every
 * interrupt, and the collector's thread ends with the first request that names no tenant. Why it leaks: once the outbox
 * is full nobody empties it, so every request leaves one more thread behind that waits for ever with its report; the proxy
 * did not start it, so it cannot end it. How it shows: virtual threads and the live set climb together; a thread dump has
 * thousands of {@code report} threads in {@code SwallowedInterrupts.deliver}. Nobody can take it back; the pod has to be
 * replaced.
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
