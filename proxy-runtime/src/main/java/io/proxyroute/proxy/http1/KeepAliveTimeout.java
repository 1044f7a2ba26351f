package io.proxyroute.proxy.http1;

import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;

/**
 * The parameter {@code timeout} of a {@code Keep-Alive} field: how long the sender keeps an idle connection, in seconds (RFC
 * 2068, section 19.7.1.1). A link is closed a moment earlier, so that no request meets the closing connection.
 */
final class KeepAliveTimeout {

    static final AsciiString NAME = AsciiString.cached("keep-alive");

    private static final String PARAMETER = "timeout=";
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_DIGITS = 9;

    private KeepAliveTimeout() {}

    /**
     * How long a connection may be idle.
     *
     * @param value null if the response has no such field
     * @return nanoseconds; half of a timeout below two seconds; {@link Long#MAX_VALUE} if the value has none
     */
    static long nanos(String value) {
        if (value == null) {
            return Long.MAX_VALUE;
        }
        for (String parameter : value.split(",", 16)) {
            String text = parameter.strip();
            if (text.regionMatches(true, 0, PARAMETER, 0, PARAMETER.length())) {
                return idleNanos(text.substring(PARAMETER.length()).strip());
            }
        }
        return Long.MAX_VALUE;
    }

    private static long idleNanos(String seconds) {
        if (seconds.isEmpty()
                || seconds.length() > MAX_DIGITS
                || !seconds.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.MAX_VALUE;
        }
        long nanos = TimeUnit.SECONDS.toNanos(Integer.parseInt(seconds));
        return Math.max(nanos / 2, nanos - MARGIN_NANOS);
    }
}
