package io.proxyroute.filter;

import java.util.List;
import java.util.Map;

/** What a filter wants done with the request. */
public sealed interface FilterResult {

    /** Go on to the next filter, then to the backend. */
    FilterResult NEXT = new Next(null);

    /**
     * Go on.
     *
     * @param body replaces the request's body; null passes the client's on, as far as the filter has not read it
     */
    record Next(byte[] body) implements FilterResult {}

    /**
     * Answer in the backend's place.
     *
     * @param status 200 to 599
     * @param headers the answer's; Content-Length is set by the proxy
     * @param body may be empty
     */
    record Respond(int status, Map<String, List<String>> headers, byte[] body) implements FilterResult {}

    /** Go on with another body. */
    static FilterResult nextWith(byte[] body) {
        return new Next(body);
    }

    /** Answer in the backend's place, without headers of its own. */
    static FilterResult respond(int status, byte[] body) {
        return new Respond(status, Map.of(), body);
    }
}
