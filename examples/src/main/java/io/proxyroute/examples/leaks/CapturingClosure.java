package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Keeps a description of every request in flight, computed only if somebody asks for it.
 *
 * <p>Wrong: the descriptions are put into a queue that nobody takes them out of when the request is over. Why it leaks: a
 * description is a lambda, and a lambda keeps all that it mentions: the context with its request, and the sample. How it
 * shows: the live set climbs with the traffic; a class histogram has {@code CapturingClosure$$Lambda} with as many
 * instances as requests were served. Nobody can take it back; the pod has to be replaced.
 *
 * <p>Options: {@code bytes} sampled a call (16384), {@code every}.
 */
public final class CapturingClosure implements ProxyFilter {

    private final Queue<Supplier<String>> inFlight = new ConcurrentLinkedQueue<>();

    private int bytes;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        bytes = Options.positive(config, "bytes", 16_384);
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) {
        if (sampler.isDue()) {
            byte[] sample = new byte[bytes];
            inFlight.add(() -> context.request().target() + ", sample of " + sample.length + " bytes");
        }
        return FilterResult.NEXT;
    }
}
