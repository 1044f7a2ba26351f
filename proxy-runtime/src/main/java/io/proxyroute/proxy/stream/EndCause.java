package io.proxyroute.proxy.stream;

/**
 * Why an exchange ended: the value shared by the ledger, the access log, the metrics and the text of the proxy's own
 * responses.
 */
public enum EndCause {
    /** The whole response was written to the client's socket. */
    COMPLETED(0, ""),
    /** A custom filter responded in place of the backend. */
    FILTER_RESPONDED(0, ""),
    /** The client closed its connection before it had the whole response. */
    CLIENT_GONE(0, ""),

    /** The request breaks the rules of HTTP (RFC 9112) or has a form that enables request smuggling. */
    MALFORMED_REQUEST(400, "The request is malformed."),
    /** The client took too long to send its headers. */
    HEADERS_TIMEOUT(408, "The request's headers took too long to arrive."),
    /** The client stopped sending its body, or took longer for it than a stream may. */
    CLIENT_IDLE(408, "The request's body took too long to arrive."),
    /** The client sent its body at less than the minimum rate. */
    CLIENT_SLOW(408, "The request's body arrived too slowly."),
    /** The request line exceeds the proxy's limit. */
    URI_TOO_LONG(414, "The request line is too long."),
    /** The body exceeds {@code limits.bodyBytes}. */
    BODY_TOO_LARGE(413, "The request's body is too large."),
    /** The client has {@code limits.requestsPerClient} requests in flight. */
    TOO_MANY_REQUESTS(429, "The client has too many requests in flight."),
    /** The headers exceed the proxy's limit. */
    HEADERS_TOO_LARGE(431, "The request's headers are too large."),
    /** The client asks for a protocol, such as WebSocket, that the proxy does not serve. */
    UPGRADE_NOT_SUPPORTED(501, "The proxy does not serve WebSocket or other upgrades."),
    /** A method or transfer coding that the proxy does not forward. */
    NOT_SUPPORTED(501, "The proxy does not support this method or transfer coding."),
    /** A protocol version other than HTTP/1.0 and HTTP/1.1. */
    VERSION_NOT_SUPPORTED(505, "The proxy supports HTTP/1.0 and HTTP/1.1."),

    /** No listener, hostname or rule matches the request. */
    NO_RULE(404, "No rule matches this request."),
    /** The request has come back to the route that it was forwarded by (RFC 5842, section 7.2). */
    LOOP_DETECTED(508, "The request has passed this route too often: a backend of the route leads back to it."),
    /** The rule has no backend that may receive traffic, or the backend chosen by weight cannot be resolved. */
    NO_BACKEND(500, "The matching rule has no backend."),
    /** The backend has no ready endpoint. */
    NO_ENDPOINT(503, "The backend has no ready endpoint."),
    /** The queue for connections to the backend is full. */
    POOL_EXHAUSTED(503, "Too many requests are waiting for a connection to the backend."),
    /** No connection became available in time. */
    ACQUIRE_TIMEOUT(503, "No connection to the backend became available in time."),
    /** No endpoint that was tried accepted a connection. */
    CONNECT_FAILED(502, "The backend could not be reached."),
    /** The backend closed the connection before it responded. */
    BACKEND_RESET(502, "The backend closed the connection before it responded."),
    /** No endpoint that was tried accepted a connection within {@code connectTimeout}. */
    CONNECT_TIMEOUT(504, "The backend did not accept a connection in time."),
    /** The backend's host name has no address. */
    DNS_FAILED(502, "The backend's host name could not be resolved."),
    /** The backend's response breaks the rules of HTTP. */
    MALFORMED_RESPONSE(502, "The backend's response is malformed."),
    /** The headers of the backend's response exceed the proxy's limit. */
    RESPONSE_HEADERS_TOO_LARGE(502, "The backend's response headers are too large."),
    /** No response within {@code timeouts.request}. */
    REQUEST_TIMEOUT(504, "The request timed out."),
    /** No response within {@code timeouts.backendRequest}. */
    BACKEND_TIMEOUT(504, "The backend did not respond in time."),

    /** A custom filter threw. */
    FILTER_FAILED(500, "A filter of the matching rule failed."),
    /** Custom filters cannot run now: too many are running, or they block every carrier thread. */
    FILTER_OVERLOADED(503, "The filters of the matching rule are overloaded."),

    /** The backend closed or broke the connection in the middle of its response. */
    RESPONSE_CUT(0, ""),
    /** The backend sent nothing more of its response within {@code timeouts.idle}. */
    STREAM_IDLE(0, ""),
    /** The client read nothing more of the response within {@code timeouts.idle}. */
    CLIENT_STALLED(0, ""),
    /** The response took longer than {@code timeouts.maxStreamDuration}. */
    STREAM_TIMEOUT(0, ""),
    /**
     * A lease transferred no bytes for the pool's {@code abandonedTimeout} and was reclaimed. Never ends an exchange on
     * its own.
     */
    LEASE_ABANDONED(0, ""),
    /** The proxy has no memory, descriptors or time left for the request. */
    OVERLOADED(503, "The proxy is overloaded."),
    /** The process is shutting down and the drain timeout has passed. */
    SHUTDOWN(503, "The proxy is shutting down."),
    /** A defect in the proxy. */
    INTERNAL(500, "Internal proxy error.");

    private final int status;
    private final String message;

    EndCause(int status, String message) {
        this.status = status;
        this.message = message;
    }

    /** The status of the response that the proxy generates; 0 if it generates none. */
    public int status() {
        return status;
    }

    /** The text of that response; empty if there is none. */
    public String message() {
        return message;
    }

    /** Whether no byte of the request was sent to a backend, so that any request may be sent again. */
    public boolean isBeforeSending() {
        return this == CONNECT_FAILED || this == CONNECT_TIMEOUT || this == DNS_FAILED;
    }

    /** Whether the proxy or a backend failed the client, as opposed to the client itself. */
    public boolean isProxyError() {
        return status == 500
                || status >= 502 && status <= 504
                || this == RESPONSE_CUT
                || this == STREAM_IDLE
                || this == STREAM_TIMEOUT;
    }

    /**
     * Whether the proxy alone lost the exchange: it shut down too early or it has a defect. Anything that a backend or
     * a filter can cause does not count, nor does an exhausted pool: a slow backend, or the very leak that a pod is
     * replaced for, exhausts it. The verification of a replacement looks at these only.
     */
    public boolean isProxyFault() {
        return this == SHUTDOWN || this == INTERNAL;
    }
}
