package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.FilterBuffer;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Adds a header with a checksum of the request target, computed in a pooled buffer.
 *
 * <p>Bug: neither of the two methods closes the buffer; each assumes that the other does. Leak: the garbage collector
 * does not return pooled memory, so a buffer that is not closed is lost to the pool. Symptom: direct memory grows while
 * the heap looks healthy. The proxy reports {@code stage} as the origin of a {@code BUFFER} and reclaims the memory
 * when the exchange ends.
 *
 * <p>Options: {@code bytes} of the buffer (4096), {@code every}.
 */
public final class UnreleasedBuffer implements ProxyFilter {

    private int bytes;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        bytes = Options.positive(config, "bytes", 4096);
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) {
        if (sampler.isDue()) {
            byte[] target = context.request().target().getBytes(StandardCharsets.UTF_8);
            int length = Math.min(bytes, target.length);
            FilterBuffer staged = stage(context, target, length);
            context.request().headers().set("X-Target-Checksum", checksum(staged, length));
        }
        return FilterResult.NEXT;
    }

    private FilterBuffer stage(FilterContext context, byte[] target, int length) {
        FilterBuffer buffer = context.allocate(bytes);
        buffer.write(0, target, 0, length);
        return buffer;
    }

    private static String checksum(FilterBuffer buffer, int length) {
        byte[] copy = new byte[length];
        buffer.read(0, copy, 0, length);
        CRC32C crc = new CRC32C();
        crc.update(copy);
        return Long.toHexString(crc.getValue());
    }
}
