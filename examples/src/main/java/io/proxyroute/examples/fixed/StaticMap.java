package io.proxyroute.examples.fixed;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers requests in order to recognize repeated ones.
 *
 * <p>Fixed: the map is bounded and evicts its oldest entry, and it belongs to the filter instance, so it is released
 * with the filter.
 *
 * <p>Options: {@code bytes} kept per call (16384), maximum number of {@code entries} (256), {@code every}.
 */
public final class StaticMap implements ProxyFilter {

    private final Map<String, byte[]> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
            return size() > entries;
        }
    };

    private int bytes;
    private int entries;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        bytes = Options.positive(config, "bytes", 16_384);
        entries = Options.positive(config, "entries", 256);
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) {
        if (sampler.isDue()) {
            boolean repeated = remember(context.traceId());
            context.request().headers().set("X-Repeated", Boolean.toString(repeated));
        }
        return FilterResult.NEXT;
    }

    private boolean remember(String traceId) {
        synchronized (seen) {
            return seen.put(traceId, new byte[bytes]) != null;
        }
    }
}
