package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts request events in a background task that reads from a queue.
 *
 * <p>Bug: the end marker is put into the queue only for rejected methods. Leak: for every other request the task waits
 * on the queue forever and retains its stack and the request. Symptom: the number of virtual threads grows with the
 * requests, all in {@code LinkedBlockingQueue.take}. The proxy reports {@code startCounting} as the origin of a
 * {@code TASK} and interrupts the task when the exchange ends.
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
        BlockingQueue<String> queue = startCounting(context);
        queue.put("received");
        if (context.request().method().equals("TRACE")) {
            queue.put("refused");
            queue.put(END);
            return FilterResult.respond(405, new byte[0]);
        }
        queue.put("passed on");
        return FilterResult.NEXT;
    }

    private BlockingQueue<String> startCounting(FilterContext context) {
        BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        context.fork("count", () -> {
            while (!queue.take().equals(END)) {
                events.increment();
            }
            return null;
        });
        return queue;
    }
}
