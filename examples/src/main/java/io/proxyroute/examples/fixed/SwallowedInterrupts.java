package io.proxyroute.examples.fixed;

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
import java.util.concurrent.atomic.LongAdder;

/**
 * Reports every request of a production tenant to a collector, without delaying the request.
 *
 * <p>Fixed: there is no thread per request; a report that does not fit into the bounded outbox is dropped and counted.
 * The collector accepts requests without a tenant, survives a failed report, and ends when it is interrupted.
 *
 * <p>Options: {@code bytes} of a report (16384), {@code every}.
 */
public final class SwallowedInterrupts implements ProxyFilter {

    private record Report(String tenant, byte[] detail) {}

    private final BlockingQueue<Report> outbox = new ArrayBlockingQueue<>(16);
    private final LongAdder delivered = new LongAdder();
    private final LongAdder dropped = new LongAdder();

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
            String tenant = context.request().headers().get("X-Tenant");
            if (!outbox.offer(new Report(tenant, new byte[bytes]))) {
                dropped.increment();
            }
        }
        return FilterResult.NEXT;
    }

    @Override
    public void close() {
        collector.shutdownNow();
    }

    private Void collect() throws InterruptedException {
        while (true) {
            Report report = outbox.take();
            try {
                if (report.tenant() != null && !report.tenant().startsWith("test-")) {
                    delivered.add(report.detail().length);
                }
            } catch (RuntimeException e) {
                dropped.increment();
            }
        }
    }
}
