package io.proxyroute.examples.fixed;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.Fork;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts request events in a background task that reads from a queue.
 *
 * <p>Fixed: a finally block puts the end marker into the queue, and the filter waits for the task before it returns.
 *
 * <p>Options: {@code every}.
 */
public final class BlockedFork implements ProxyFilter {

    private static final String END = "end";

    private final LongAdder events = new LongAdder();
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        if (!sampler.isDue()) {
            return FilterResult.NEXT;
        }
        BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        Fork<?> counting = startCounting(context, queue);
        try {
            queue.put("received");
            if (context.request().method().equals("TRACE")) {
                queue.put("refused");
                return FilterResult.respond(405, new byte[0]);
            }
            queue.put("passed on");
            return FilterResult.NEXT;
        } finally {
            queue.add(END);
            counting.join();
        }
    }

    private Fork<?> startCounting(FilterContext context, BlockingQueue<String> queue) {
        return context.fork("count", () -> {
            while (!queue.take().equals(END)) {
                events.increment();
            }
            return null;
        });
    }
}
