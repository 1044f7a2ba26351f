package io.proxyroute.filter;

import java.util.List;
import java.util.Map;

/**
 * A request of a filter's own.
 *
 * @param method such as {@code GET}
 * @param target path and query, starting with a slash
 * @param headers Host, Content-Length and trace context are set by the proxy
 * @param body may be empty
 */
public record BackendRequest(String method, String target, Map<String, List<String>> headers, byte[] body) {

    /** A GET without headers of its own. */
    public static BackendRequest get(String target) {
        return new BackendRequest("GET", target, Map.of(), new byte[0]);
    }
}
