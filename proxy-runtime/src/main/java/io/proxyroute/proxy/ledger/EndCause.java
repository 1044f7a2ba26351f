package io.proxyroute.proxy.ledger;

/**
 * Why an exchange ended: one word shared by the ledger, the access log, the metrics and the text of the proxy's own
 * answers.
 */
public enum EndCause {
    /** The whole answer was handed to the client's connection. */
    COMPLETED(0, ""),
    /** A custom filter answered in the backend's place. */
    FILTER_ANSWERED(0, ""),
    /** The client closed its connection before it had the whole answer. */
    CLIENT_GONE(0, ""),

    /** The request breaks the rules of HTTP (RFC 9112) or is of a form that can be smuggled. */
    MALFORMED_REQUEST(400, "The request is malformed."),
    /** The client took too long to send its headers. */
    HEADERS_TIMEOUT(408, "The request's headers took too long to arrive."),
    /** The client fell silent while it sent its body, or took longer for it than a stream may. */
    CLIENT_IDLE(408, "The request's body took too long to arrive."),
    /** The request line is longer than the proxy takes. */
    URI_TOO_LONG(414, "The request line is too long."),
    /** The headers are larger than the proxy takes. */
    HEADERS_TOO_LARGE(431, "The request's headers are too large."),
    /** A method or transfer coding that the proxy does not pass on. */
    NOT_SUPPORTED(501, "The proxy does not serve this method or transfer coding."),
    /** A protocol version other than HTTP/1.0 and HTTP/1.1. */
    VERSION_NOT_SUPPORTED(505, "The proxy serves HTTP/1.0 and HTTP/1.1."),

    /** No listener, hostname or rule takes the request. */
    NO_RULE(404, "No rule matches this request."),
    /** The rule names no backend that may get traffic. */
    NO_BACKEND(500, "The matching rule has no backend."),
    /** The backend has no ready endpoint. */
    NO_ENDPOINT(503, "The backend has no ready endpoint."),
    /** As many exchanges wait for a connection as may. */
    POOL_EXHAUSTED(503, "Too many requests wait for a connection to the backend."),
    /** No connection became free in time. */
    ACQUIRE_TIMEOUT(503, "No connection to the backend became free in time."),
    /** No connection to any endpoint tried could be opened. */
    CONNECT_FAILED(502, "The backend could not be reached."),
    /** The backend closed the connection before it answered. */
    BACKEND_RESET(502, "The backend closed the connection before it answered."),
    /** The backend's answer breaks the rules of HTTP. */
    MALFORMED_ANSWER(502, "The backend's answer is malformed."),
    /** No answer within {@code timeouts.request}. */
    REQUEST_TIMEOUT(504, "The request was not answered in time."),
    /** No answer within {@code timeouts.backendRequest}. */
    BACKEND_TIMEOUT(504, "The backend did not answer in time."),

    /** A custom filter threw. */
    FILTER_FAILED(500, "A filter of the matching rule failed."),
    /** Custom filters cannot be run now: too many are running, or they hold every carrier thread. */
    FILTER_OVERLOADED(503, "The filters of the matching rule cannot run now."),

    /** The backend closed or broke the connection in the middle of its answer. */
    ANSWER_CUT(0, ""),
    /** The backend sent nothing more of its answer within {@code timeouts.idle}. */
    STREAM_IDLE(0, ""),
    /** The client took nothing more of the answer within {@code timeouts.idle}. */
    CLIENT_STALLED(0, ""),
    /** The answer took longer than {@code timeouts.maxStreamDuration}. */
    STREAM_TIMEOUT(0, ""),
    /** A connection moved no byte for the pool's {@code abandonedTimeout} and was taken back; ends no exchange by itself. */
    LEASE_ABANDONED(0, ""),
    /** The process is ending and its drain time is over. */
    SHUTDOWN(503, "The proxy is shutting down."),
    /** A fault in the proxy. */
    INTERNAL(500, "The proxy failed.");

    private final int status;
    private final String message;

    EndCause(int status, String message) {
        this.status = status;
        this.message = message;
    }

    /** The status of the answer that the proxy makes; 0 where it makes none. */
    public int status() {
        return status;
    }

    /** The text of that answer; empty where there is none. */
    public String message() {
        return message;
    }

    /** Whether the client was failed by the proxy or by what lies behind it, and not by itself. */
    public boolean proxyError() {
        return status == 500
                || status >= 502 && status <= 504
                || this == ANSWER_CUT
                || this == STREAM_IDLE
                || this == STREAM_TIMEOUT;
    }

    /**
     * Whether the proxy alone lost the exchange: it ended too early or it is broken. What a backend or a filter can cause
     * is none of these, nor a pool that is used up: a slow backend or the very leak that a pod is replaced for fills it.
     * Whether a replacement went well is judged by this.
     */
    public boolean proxyFault() {
        return this == SHUTDOWN || this == INTERNAL;
    }
}
