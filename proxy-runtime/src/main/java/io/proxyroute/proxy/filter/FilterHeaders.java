package io.proxyroute.proxy.filter;

import io.proxyroute.filter.HeaderMap;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.ReservedFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Headers as a filter sees them. It neither sees nor sets fields of the connection; it can read framing but not set it.
 * Guarded by its own monitor, so that a fork may safely edit while the filter returns.
 */
final class FilterHeaders implements HeaderMap {

    /** Besides the fields that no head carries: the proxy decides on trailers and on 100 responses. */
    private static final Set<String> PROXY_FIELDS = Set.of("trailer", "expect");

    private final Fields headers;
    private boolean edited;
    private boolean sealed;

    private FilterHeaders(Fields headers, boolean sealed) {
        this.headers = headers;
        this.sealed = sealed;
    }

    /** A copy of a request's headers, to read and edit. Host and length read as if they were fields. */
    static FilterHeaders editable(Head request) {
        Fields fields = request.fields().copy();
        for (String member : List.of("host", "content-length")) {
            request.values(member).forEach(value -> fields.set(member, value));
        }
        return new FilterHeaders(fields, false);
    }

    /** A response's headers, to read only. Takes ownership of the head's fields. */
    static FilterHeaders readOnly(Head response) {
        Fields fields = response.fields();
        response.values("content-length").forEach(value -> fields.set("content-length", value));
        return new FilterHeaders(fields, true);
    }

    /** Whether filters must not set a header of this name. */
    static boolean isReserved(String name) {
        return ReservedFields.isReserved(name) || PROXY_FIELDS.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Forbids further edits.
     *
     * @return a copy of the headers for the loop, or null if nothing was edited
     */
    synchronized Fields seal() {
        sealed = true;
        return edited ? headers.copy() : null;
    }

    @Override
    public synchronized String get(String name) {
        return isHidden(name) ? null : headers.get(name);
    }

    @Override
    public synchronized List<String> all(String name) {
        return isHidden(name) ? List.of() : List.copyOf(headers.getAll(name));
    }

    @Override
    public synchronized Set<String> names() {
        return headers.names().stream().filter(name -> !isHidden(name)).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized void set(String name, String value) {
        edit(name);
        validate(name, value);
        headers.set(name, value);
    }

    @Override
    public synchronized void add(String name, String value) {
        edit(name);
        validate(name, value);
        headers.add(name, value);
    }

    @Override
    public synchronized void remove(String name) {
        edit(name);
        headers.remove(name);
    }

    private void edit(String name) {
        if (sealed) {
            throw new IllegalStateException(
                    "these headers are read-only: they belong to a response, or the filter has already returned");
        }
        if (isReserved(name)) {
            throw new IllegalArgumentException("header " + name + " is set by the proxy; do not set or remove it");
        }
        edited = true;
    }

    /** Netty validates new headers but not copies of headers, and a line break in a value would start another header. */
    private static void validate(String name, String value) {
        new Fields().add(name, value);
    }

    private static boolean isHidden(String name) {
        return name.equalsIgnoreCase("trailer")
                || ReservedFields.isReserved(name) && !name.equalsIgnoreCase("content-length");
    }
}
