package io.proxyroute.testbed.backend;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/**
 * The response that a request specifies in its query.
 *
 * @param id selects the {@link io.proxyroute.testbed.Payload}
 * @param size length of the body in bytes
 * @param status status code
 * @param delayMillis delay before the response head
 * @param chunked whether to use chunked transfer coding instead of Content-Length
 * @param chunkBytes bytes per write
 * @param pauseMillis pause between two writes
 * @param close whether to close the connection after the response
 * @param cutAfterBytes drop the connection after this many bytes of the body; -1 never
 */
record ResponseSpec(
        long id,
        long size,
        int status,
        long delayMillis,
        boolean chunked,
        int chunkBytes,
        long pauseMillis,
        boolean close,
        long cutAfterBytes) {

    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    /**
     * Parses a query.
     *
     * @throws NumberFormatException a numeric parameter is not a number
     */
    static ResponseSpec parse(QueryStringDecoder query) {
        return new ResponseSpec(
                number(query, "id", 0),
                number(query, "size", 64),
                (int) number(query, "status", 200),
                number(query, "delay", 0),
                flag(query, "chunked"),
                Math.clamp(number(query, "chunk", 16 * 1024), 1, MAX_CHUNK_BYTES),
                number(query, "pause", 0),
                flag(query, "close"),
                number(query, "cut", -1));
    }

    private static long number(QueryStringDecoder query, String name, long defaultValue) {
        String value = last(query, name);
        return value == null ? defaultValue : Long.parseLong(value);
    }

    private static boolean flag(QueryStringDecoder query, String name) {
        return "true".equals(last(query, name));
    }

    private static String last(QueryStringDecoder query, String name) {
        Map<String, List<String>> parameters = query.parameters();
        List<String> values = parameters.get(name);
        return values == null || values.isEmpty() ? null : values.getLast();
    }
}
