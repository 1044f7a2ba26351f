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
 * Encodes the request's target in a direct buffer, from a small pool of its own.
 *
 * <p>Wrong: a buffer goes back into the pool as it was left, full. Why it leaks: the next call finds nothing free in it,
 * takes it for too small, puts it back and allocates another one; so the pool only grows. How it shows: the JDK's direct
 * memory climbs to {@code MaxDirectMemorySize} while the heap shows nothing but a few small {@code DirectByteBuffer}s;
 * then every call fails with {@code Cannot reserve … bytes of direct buffer memory}. Nobody can take it back; the pod has
 * to be replaced.
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
