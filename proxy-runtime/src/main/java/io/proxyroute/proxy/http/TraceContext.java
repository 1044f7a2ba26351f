package io.proxyroute.proxy.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The W3C Trace Context of an exchange (W3C Recommendation, 23 November 2021): the client's, passed on unchanged because
 * the proxy exports no spans, or a new one, which is not sampled.
 *
 * @param traceparent the header for the next hop
 * @param traceId 32 hexadecimal digits, not all zero
 * @param continued whether the client started the trace
 */
record TraceContext(String traceparent, String traceId, boolean continued) {

    private static final int LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int TRACE_ID_END = 35;
    private static final int SPAN_ID = 36;
    private static final int SPAN_ID_END = 52;
    private static final int FLAGS = 53;

    /**
     * Continues the trace of a header, or starts a new one if it is absent or malformed.
     *
     * @param traceparent null if absent
     */
    static TraceContext of(String traceparent) {
        boolean continued = traceparent != null && valid(traceparent);
        String own = continued ? traceparent : newTrace();
        return new TraceContext(own, own.substring(TRACE_ID, TRACE_ID_END), continued);
    }

    private static String newTrace() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] header = new byte[LENGTH];
        hex(random.nextLong() | 1, header, TRACE_ID);
        hex(random.nextLong(), header, TRACE_ID + 16);
        hex(random.nextLong() | 1, header, SPAN_ID);
        return header(header);
    }

    /** Adds version, separators and the flags of a trace that is not sampled. */
    private static String header(byte[] header) {
        header[0] = '0';
        header[1] = '0';
        header[TRACE_ID - 1] = '-';
        header[TRACE_ID_END] = '-';
        header[SPAN_ID_END] = '-';
        header[FLAGS] = '0';
        header[FLAGS + 1] = '0';
        return new String(header, StandardCharsets.ISO_8859_1);
    }

    private static void hex(long word, byte[] target, int at) {
        for (int i = 0; i < 16; i++) {
            target[at + i] = (byte) Character.forDigit((int) (word >>> (60 - i * 4)) & 15, 16);
        }
    }

    /** Version ff is forbidden; a higher version than 00 may have more fields after these. */
    private static boolean valid(String value) {
        if (value.length() < LENGTH
                || value.charAt(TRACE_ID - 1) != '-'
                || value.charAt(TRACE_ID_END) != '-'
                || value.charAt(SPAN_ID_END) != '-'
                || !hex(value, 0, 2)
                || !hex(value, TRACE_ID, TRACE_ID_END)
                || !hex(value, SPAN_ID, SPAN_ID_END)
                || !hex(value, FLAGS, LENGTH)) {
            return false;
        }
        boolean first = value.startsWith("00");
        return !value.startsWith("ff")
                && (first ? value.length() == LENGTH : value.length() == LENGTH || value.charAt(LENGTH) == '-')
                && !zero(value, TRACE_ID, TRACE_ID_END)
                && !zero(value, SPAN_ID, SPAN_ID_END);
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
}
