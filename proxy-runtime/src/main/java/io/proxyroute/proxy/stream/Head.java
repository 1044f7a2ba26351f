package io.proxyroute.proxy.stream;

import java.util.List;

/**
 * The head of a request or a response, independent of the protocol version. Framing, host and upgrade are members and
 * never fields; an encoder derives the framing from {@link #length()} alone, so no field can contradict it. Edited in
 * place, and valid until the exchange ends, since a retry sends it again. Confined to the event loop of the stream that
 * received it.
 */
public final class Head {

    /** The length of a body that is not known in advance. */
    public static final long UNKNOWN = -1;

    private final String method;
    private final Protocol receivedAs;
    private final int status;
    private final Fields fields;
    private String authority;
    private String target;
    private long length;
    private String upgrade;
    private boolean acceptsTrailers;

    private Head(
            String method,
            int status,
            String authority,
            String target,
            Protocol receivedAs,
            long length,
            Fields fields) {
        this.method = method;
        this.status = status;
        this.authority = authority;
        this.target = target;
        this.receivedAs = receivedAs;
        this.length = length;
        this.fields = fields;
    }

    /**
     * A request.
     *
     * @param authority host and port as the client names them; empty if an HTTP/1.0 request names none
     * @param target path and query in origin form, or {@code *}
     * @param length length of the body in bytes, 0 for none, {@link #UNKNOWN}
     */
    public static Head request(
            String method, String authority, String target, Protocol receivedAs, long length, Fields fields) {
        return new Head(method, 0, authority, target, receivedAs, length, fields);
    }

    /**
     * A response.
     *
     * @param status 100 to 999
     * @param length length of the body in bytes, {@link #UNKNOWN}; for a response to HEAD and for a 304, the announced length
     */
    public static Head response(int status, Protocol receivedAs, long length, Fields fields) {
        return new Head(null, status, null, null, receivedAs, length, fields);
    }

    /** The method of a request; null for a response. */
    public String method() {
        return method;
    }

    /** Whether this is a HEAD request, whose response has no body (RFC 9110, section 9.3.2). */
    public boolean isHead() {
        return "HEAD".equals(method);
    }

    /** The status of a response; 0 for a request. */
    public int status() {
        return status;
    }

    /** Whether this is an interim response (RFC 9110, section 15.2). */
    public boolean isInterim() {
        return status >= 100 && status < 200;
    }

    /** Host and port of a request: {@code Host} in HTTP/1.1, {@code :authority} in HTTP/2. */
    public String authority() {
        return authority;
    }

    /** Sets the authority that is sent to the backend. */
    public void setAuthority(String authority) {
        this.authority = authority;
    }

    /** Path and query of a request, or {@code *}. */
    public String target() {
        return target;
    }

    /** The protocol version in which the message arrived. */
    public Protocol receivedAs() {
        return receivedAs;
    }

    /** Bytes of the body: 0 for none, {@link #UNKNOWN}. */
    public long length() {
        return length;
    }

    /** Sets the length of the body. */
    public void setLength(long bytes) {
        length = bytes;
    }

    /** The protocol that a request asks to change to, or null. */
    public String upgrade() {
        return upgrade;
    }

    /** Sets the protocol that a request asks to change to. */
    public void setUpgrade(String protocol) {
        upgrade = protocol;
    }

    /** Whether the client accepts trailers: {@code TE: trailers} (RFC 9110, section 6.5.1). */
    public boolean acceptsTrailers() {
        return acceptsTrailers;
    }

    /** Sets whether the client accepts trailers. */
    public void setAcceptsTrailers(boolean accepted) {
        acceptsTrailers = accepted;
    }

    /**
     * All values of a field, also of those that are members of the head: for matches, and for filters to read.
     *
     * @param lowerCase the name in lower case
     */
    public List<String> values(String lowerCase) {
        return switch (lowerCase) {
            case "host" -> authority == null || authority.isEmpty() ? List.of() : List.of(authority);
            case "content-length" -> length > 0 ? List.of(Long.toString(length)) : List.of();
            case "upgrade" -> upgrade == null ? List.of() : List.of(upgrade);
            default -> fields.getAll(lowerCase);
        };
    }

    /** The fields, edited in place. */
    public Fields fields() {
        return fields;
    }

    @Override
    public String toString() {
        return method == null ? Integer.toString(status) : method + " " + target;
    }
}
