package io.proxyroute.testbed.backend;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/**
 * What a request asks for in its query.
 *
 * @param id whose {@link io.proxyroute.testbed.Payload} to send
 * @param size bytes of it
 * @param status status code
 * @param delayMillis wait before the head
 * @param chunked no Content-Length
 * @param chunkBytes bytes written at a time
 * @param pauseMillis wait between two writes
 * @param close end the connection after the answer
 * @param cutAfterBytes drop the connection after so many bytes of the body; -1 never
 */
record Answer(
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
     * Reads a query.
     *
     * @throws NumberFormatException a number is none
     */
    static Answer of(QueryStringDecoder query) {
        return new Answer(
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

    private static long number(QueryStringDecoder query, String name, long otherwise) {
        String value = last(query, name);
        return value == null ? otherwise : Long.parseLong(value);
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
