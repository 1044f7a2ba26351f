package io.proxyroute.examples.fixed;

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
 * <p>Fixed: the method that allocates the buffer owns it and closes it with try-with-resources.
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
            try (FilterBuffer buffer = context.allocate(bytes)) {
                buffer.write(0, target, 0, length);
                context.request().headers().set("X-Target-Checksum", checksum(buffer, length));
            }
        }
        return FilterResult.NEXT;
    }

    private static String checksum(FilterBuffer buffer, int length) {
        byte[] copy = new byte[length];
        buffer.read(0, copy, 0, length);
        CRC32C crc = new CRC32C();
        crc.update(copy);
        return Long.toHexString(crc.getValue());
    }
}
