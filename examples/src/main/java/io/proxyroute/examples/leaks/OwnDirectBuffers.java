package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Encodes the request target in a direct buffer from its own small pool.
 *
 * <p>Bug: a buffer returns to the pool without being cleared. Leak: the next call finds no space left in it, considers
 * it too small, puts it back and allocates another, so the pool only grows. Symptom: the JDK's direct memory grows up
 * to {@code MaxDirectMemorySize} while the heap contains only small {@code DirectByteBuffer} objects; after that, every
 * call fails with {@code Cannot reserve … bytes of direct buffer memory}. The proxy cannot reclaim it; the pod has to
 * be replaced.
 *
 * <p>Options: {@code bytes} of a buffer (16384), {@code every}.
 */
public final class OwnDirectBuffers implements ProxyFilter {

    private final Queue<ByteBuffer> pool = new ConcurrentLinkedQueue<>();

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
            ByteBuffer buffer = take();
            encode(context.request().target(), buffer);
            pool.add(buffer);
        }
        return FilterResult.NEXT;
    }

    private ByteBuffer take() {
        ByteBuffer spare = pool.poll();
        if (spare == null) {
            return ByteBuffer.allocateDirect(bytes);
        }
        if (spare.remaining() < bytes) {
            pool.add(spare);
            return ByteBuffer.allocateDirect(bytes);
        }
        return spare;
    }

    private static void encode(String target, ByteBuffer into) {
        for (int i = 0; into.hasRemaining(); i++) {
            into.put((byte) target.charAt(i % target.length()));
        }
    }
}
