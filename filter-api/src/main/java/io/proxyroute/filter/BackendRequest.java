package io.proxyroute.filter;

import java.util.List;
import java.util.Map;

/**
 * A request that a filter sends to a backend.
 *
 * @param method the HTTP method, such as {@code GET}
 * @param target path and query, starting with a slash
 * @param headers without Host, Content-Length and trace context, which the proxy sets
 * @param body may be empty
 */
public record BackendRequest(String method, String target, Map<String, List<String>> headers, byte[] body) {

    /** A GET request without additional headers. */
    public static BackendRequest get(String target) {
        return new BackendRequest("GET", target, Map.of(), new byte[0]);
    }
}
