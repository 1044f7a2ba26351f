package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers requests in order to recognize repeated ones.
 *
 * <p>Bug: the requests are stored in a static map, and no code removes them. Leak: the key is the trace ID, which is
 * new for every request, so the map grows by one entry per request for the lifetime of the process. Symptom: the live
 * set grows linearly with the traffic; a class histogram is dominated by {@code byte[]} and
 * {@code ConcurrentHashMap$Node}, reachable from the map. The proxy cannot reclaim it; the pod has to be replaced.
 *
 * <p>Options: {@code bytes} kept per call (16384), {@code every}.
 */
public final class StaticMap implements ProxyFilter {

    private static final Map<String, byte[]> SEEN = new ConcurrentHashMap<>();

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
            boolean repeated = SEEN.put(context.traceId(), new byte[bytes]) != null;
            context.request().headers().set("X-Repeated", Boolean.toString(repeated));
        }
        return FilterResult.NEXT;
    }
}
