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
 * Keeps a lazily computed description of every request in flight.
 *
 * <p>Bug: no code removes a description after its request has ended. Leak: the description is a lambda, and a lambda
 * retains everything that it captures: the context with its request, and the sample. Symptom: the live set grows with
 * the traffic; a class histogram shows one instance of {@code CapturingClosure$$Lambda} per request served. The proxy
 * cannot reclaim it; the pod has to be replaced.
 *
 * <p>Options: {@code bytes} sampled per call (16384), {@code every}.
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
