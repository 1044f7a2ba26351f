package io.proxyroute.filter;

import java.util.List;
import java.util.Map;

/** A filter's decision about the request. */
public sealed interface FilterResult {

    /** Continue with the next filter, then with the backend. */
    FilterResult NEXT = new Next(null);

    /**
     * Continue with the next filter, then with the backend.
     *
     * @param body replaces the request's body; null forwards what the filter has not read of the client's body
     */
    record Next(byte[] body) implements FilterResult {}

    /**
     * Respond to the client without calling the backend.
     *
     * @param status 200 to 599
     * @param headers response headers without Content-Length, which the proxy sets
     * @param body may be empty
     */
    record Respond(int status, Map<String, List<String>> headers, byte[] body) implements FilterResult {}

    /** Continue with another body. */
    static FilterResult nextWith(byte[] body) {
        return new Next(body);
    }

    /** Respond to the client without calling the backend, and without additional headers. */
    static FilterResult respond(int status, byte[] body) {
        return new Respond(status, Map.of(), body);
    }
}
