package io.proxyroute.proxy.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The W3C Trace Context of an exchange (W3C Recommendation, 23 November 2021): the trace that the client began, or a new
 * one, and a span of the proxy's own in it.
 *
 * @param traceId 32 hexadecimal digits, not all zero
 * @param spanId 16 hexadecimal digits, not all zero
 * @param flags two hexadecimal digits
 * @param continued whether the trace was begun by the client
 */
record TraceContext(String traceId, String spanId, String flags, boolean continued) {

    private static final int LENGTH = 55;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    /**
     * Continues the trace of a header, or begins one where it is absent or breaks the rules.
     *
     * @param traceparent null where absent
     */
    static TraceContext of(String traceparent) {
        if (traceparent != null && valid(traceparent)) {
            return new TraceContext(traceparent.substring(3, 35), newSpanId(), traceparent.substring(53, 55), true);
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceContext(hex(random.nextLong() | 1, random.nextLong()), newSpanId(), "01", false);
    }

    /** The header for the next hop. */
    String traceparent() {
        return "00-" + traceId + '-' + spanId + '-' + flags;
    }

    /** The header of another request on behalf of the same exchange. */
    String child() {
        return "00-" + traceId + '-' + newSpanId() + '-' + flags;
    }

    private static String newSpanId() {
        return hex(ThreadLocalRandom.current().nextLong() | 1);
    }

    /** Version ff is forbidden; a higher version than 00 may have more fields after these. */
    private static boolean valid(String value) {
        if (value.length() < LENGTH
                || value.charAt(2) != '-'
                || value.charAt(35) != '-'
                || value.charAt(52) != '-'
                || !hex(value, 0, 2)
                || !hex(value, 3, 35)
                || !hex(value, 36, 52)
                || !hex(value, 53, 55)) {
            return false;
        }
        boolean first = value.startsWith("00");
        return !value.startsWith("ff")
                && (first ? value.length() == LENGTH : value.length() == LENGTH || value.charAt(LENGTH) == '-')
                && !zero(value, 3, 35)
                && !zero(value, 36, 52);
    }

    private static boolean hex(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean zero(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (value.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    private static String hex(long... words) {
        byte[] digits = new byte[words.length * 16];
        for (int i = 0; i < digits.length; i++) {
            digits[i] = HEX[(int) (words[i / 16] >>> (60 - i % 16 * 4)) & 15];
        }
        return new String(digits, StandardCharsets.ISO_8859_1);
    }
}
