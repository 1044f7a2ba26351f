package io.proxyroute.examples.fixed;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Signs the request target on a small thread pool, with a scratch area per thread.
 *
 * <p>Fixed: a single {@code ThreadLocal} serves all calls, so there are as many scratch areas as threads. The area is a
 * plain array without further references, and the threads end when the filter is closed.
 *
 * <p>Options: {@code bytes} of the scratch area (16384), {@code threads} (2), {@code every}.
 */
public final class FreshThreadLocals implements ProxyFilter {

    private ThreadLocal<byte[]> scratch;
    private CallSampler sampler;
    private ExecutorService signers;

    @Override
    public void configure(Map<String, String> config) {
        int bytes = Options.positive(config, "bytes", 16_384);
        scratch = ThreadLocal.withInitial(() -> new byte[bytes]);
        sampler = CallSampler.of(config);
        signers = Executors.newFixedThreadPool(
                Options.positive(config, "threads", 2),
                Thread.ofPlatform().daemon().name("signer-", 0).factory());
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        if (sampler.isDue()) {
            String target = context.request().target();
            String signature = signers.submit(() -> sign(target, scratch.get())).get();
            context.request().headers().set("X-Target-Signature", signature);
        }
        return FilterResult.NEXT;
    }

    @Override
    public void close() {
        signers.shutdownNow();
    }

    private static String sign(String target, byte[] area) {
        byte[] text = target.getBytes(StandardCharsets.UTF_8);
        int hash = 0;
        for (int i = 0; i < area.length; i++) {
            area[i] = text[i % text.length];
            hash = 31 * hash + area[i];
        }
        return Integer.toHexString(hash);
    }
}
