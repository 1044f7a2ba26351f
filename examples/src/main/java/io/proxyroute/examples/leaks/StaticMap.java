package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers requests, so that one that comes twice can be told from a new one.
 *
 * <p>Wrong: the memory is a static map whose entries nobody removes. Why it leaks: the key is the trace id, which is new
 * for every request, so the map grows by one entry a request for as long as the process lives. How it shows: the live set
 * climbs in a straight line with the traffic; a class histogram has {@code byte[]} and {@code ConcurrentHashMap$Node} on
 * top, with the map as the root. Nobody can take it back; the pod has to be replaced.
 *
 * <p>Options: {@code bytes} kept a call (16384), {@code every}.
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
