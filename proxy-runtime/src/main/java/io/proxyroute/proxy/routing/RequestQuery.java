package io.proxyroute.proxy.routing;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The query of one request, parsed when it is first needed, and only once. Confined to one thread. */
final class RequestQuery {

    private final String raw;
    private Map<String, List<String>> parameters;

    /** @param raw without the question mark; null if there is none */
    RequestQuery(String raw) {
        this.raw = raw;
    }

    /** The first value of a parameter; null if it has none, or if an escape of the query is malformed. */
    String first(String name) {
        if (parameters == null) {
            parameters = parse(raw);
        }
        List<String> values = parameters.get(name);
        return values == null ? null : values.getFirst();
    }

    private static Map<String, List<String>> parse(String raw) {
        if (raw == null) {
            return Map.of();
        }
        try {
            // No limit below the request line's; a semicolon is part of a value, as for most backends.
            return new QueryStringDecoder(raw, StandardCharsets.UTF_8, false, Integer.MAX_VALUE, true).parameters();
        } catch (IllegalArgumentException e) {
            return Map.of(); // a malformed escape matches no condition
        }
    }
}
