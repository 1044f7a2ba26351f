package io.proxyroute.examples.fixed;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Keeps a lazily computed description of every request in flight.
 *
 * <p>Fixed: {@code closeOnEnd} removes the description when the exchange ends, however it ends. The lambda captures the
 * target, which it needs, instead of the context.
 *
 * <p>Options: {@code bytes} sampled per call (16384), {@code every}.
 */
public final class CapturingClosure implements ProxyFilter {

    private final Set<Supplier<String>> inFlight = ConcurrentHashMap.newKeySet();

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
            String target = context.request().target();
            Supplier<String> description = () -> target + ", sample of " + sample.length + " bytes";
            // Register first: this throws if the exchange has already ended. It runs only after this call has returned.
            context.closeOnEnd(() -> inFlight.remove(description));
            inFlight.add(description);
        }
        return FilterResult.NEXT;
    }
}
