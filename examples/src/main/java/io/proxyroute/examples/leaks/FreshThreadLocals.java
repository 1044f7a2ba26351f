package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Signs the request target on a small thread pool, with a scratch area per thread.
 *
 * <p>Bug: the {@code ThreadLocal} is a field of the task, so every call creates a new one, and none is ever removed.
 * Leak: a thread's map refers to its {@code ThreadLocal}s weakly but to their values strongly. The value is an instance
 * of an inner class that refers back to the task, and so to its {@code ThreadLocal}; none of them becomes unreachable
 * while the pool's threads live. Symptom: the live set grows with the traffic; a class histogram shows growing numbers
 * of {@code ThreadLocal$ThreadLocalMap$Entry} and {@code FreshThreadLocals$Signing$Scratch}, reachable from the threads
 * {@code signer-#}. The proxy cannot reclaim it; the pod has to be replaced.
 *
 * <p>Options: {@code bytes} of the scratch area (16384), {@code threads} (2), {@code every}.
 */
public final class FreshThreadLocals implements ProxyFilter {

    private int bytes;
    private CallSampler sampler;
    private ExecutorService signers;

    @Override
    public void configure(Map<String, String> config) {
        bytes = Options.positive(config, "bytes", 16_384);
        sampler = CallSampler.of(config);
        signers = Executors.newFixedThreadPool(
                Options.positive(config, "threads", 2),
                Thread.ofPlatform().daemon().name("signer-", 0).factory());
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        if (sampler.isDue()) {
            String signature =
                    signers.submit(new Signing(context.request().target())).get();
            context.request().headers().set("X-Target-Signature", signature);
        }
        return FilterResult.NEXT;
    }

    @Override
    public void close() {
        signers.shutdownNow();
    }

    private final class Signing implements Callable<String> {

        private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
        private final String target;

        Signing(String target) {
            this.target = target;
        }

        @Override
        public String call() {
            return scratch.get().sign();
        }

        private final class Scratch {

            private final byte[] area = new byte[bytes];

            String sign() {
                byte[] text = target.getBytes(StandardCharsets.UTF_8);
                int hash = 0;
                for (int i = 0; i < area.length; i++) {
                    area[i] = text[i % text.length];
                    hash = 31 * hash + area[i];
                }
                return Integer.toHexString(hash);
            }
        }
    }
}
