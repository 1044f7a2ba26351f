package io.proxyroute.examples.fixed;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Encodes the request target in a direct buffer from its own small pool.
 *
 * <p>Fixed: the pool has a fixed number of buffers, created once. A call waits briefly for a buffer, clears it before
 * use and returns it in a finally block. If none is free, the request passes without encoding.
 *
 * <p>Options: {@code bytes} of a buffer (16384), {@code buffers} in the pool (16), {@code every}.
 */
public final class OwnDirectBuffers implements ProxyFilter {

    private BlockingQueue<ByteBuffer> pool;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        int bytes = Options.positive(config, "bytes", 16_384);
        int buffers = Options.positive(config, "buffers", 16);
        pool = new LinkedBlockingQueue<>(buffers);
        for (int i = 0; i < buffers; i++) {
            pool.add(ByteBuffer.allocateDirect(bytes));
        }
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) throws InterruptedException {
        ByteBuffer buffer = sampler.isDue() ? pool.poll(100, TimeUnit.MILLISECONDS) : null;
        if (buffer != null) {
            try {
                encode(context.request().target(), buffer.clear());
            } finally {
                pool.add(buffer);
            }
        }
        return FilterResult.NEXT;
    }

    private static void encode(String target, ByteBuffer into) {
        for (int i = 0; into.hasRemaining(); i++) {
            into.put((byte) target.charAt(i % target.length()));
        }
    }
}
