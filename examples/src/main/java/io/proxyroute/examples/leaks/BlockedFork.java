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
 * Counts what happens to a request in a task of its own, fed through a queue.
 *
 * <p>Wrong: the word that ends the task is put into the queue on the way of refused methods only. Why it leaks: the task
 * waits for ever on a queue that nobody writes to any more, and holds its stack and the request. How it shows: the number
 * of virtual threads climbs with the requests, all with {@code LinkedBlockingQueue.take} on top. The proxy names {@code
 * startCounting} in its ledger as the place of a {@code TASK} and interrupts it when the exchange ends.
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
