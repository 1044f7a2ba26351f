package io.proxyroute.proxy.filter;

import io.proxyroute.filter.HeaderMap;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Headers as a filter sees them: those of the connection are left out and cannot be set, framing can be read and not be
 * set. Guarded by its own monitor, so that a fork that edits while the filter returns does no harm.
 */
final class FilterHeaders implements HeaderMap {

    /** RFC 9110, section 7.6.1, and their kin. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private static final Set<String> OF_THE_PROXY = Set.of("content-length", "expect");

    private final Fields headers;
    private boolean edited;
    private boolean sealed;

    private FilterHeaders(Fields headers, boolean sealed) {
        this.headers = headers;
        this.sealed = sealed;
    }

    /** A copy of a request's, for reading and editing; host and length can be read as if they were fields. */
    static FilterHeaders of(Head request) {
        Fields fields = request.fields().copy();
        for (String member : List.of("host", "content-length")) {
            request.values(member).forEach(value -> fields.set(member, value));
        }
        return new FilterHeaders(fields, false);
    }

    /** A response's, for reading only; they become this object's. */
    static FilterHeaders readOnly(Head response) {
        Fields fields = response.fields();
        response.values("content-length").forEach(value -> fields.set("content-length", value));
        return new FilterHeaders(fields, true);
    }

    /** Whether a filter may not set a header of this name. */
    static boolean reserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return OF_THE_CONNECTION.contains(lower) || OF_THE_PROXY.contains(lower);
    }

    /**
     * Ends the edits.
     *
     * @return a copy of the headers for the loop, or null where nothing was edited
     */
    synchronized Fields seal() {
        sealed = true;
        return edited ? headers.copy() : null;
    }

    @Override
    public synchronized String get(String name) {
        return hidden(name) ? null : headers.get(name);
    }

    @Override
    public synchronized List<String> all(String name) {
        return hidden(name) ? List.of() : List.copyOf(headers.all(name));
    }

    @Override
    public synchronized Set<String> names() {
        return headers.names().stream().filter(name -> !hidden(name)).collect(Collectors.toUnmodifiableSet());
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
            throw new IllegalStateException("these headers cannot be edited, or not any more: the filter has returned");
        }
        if (reserved(name)) {
            throw new IllegalArgumentException("header " + name + " belongs to the connection; the proxy sets it");
        }
        edited = true;
    }

    /** Netty's checks, which its copies of headers do not make: a line break in a value would start another header. */
    private static void validate(String name, String value) {
        new Fields().add(name, value);
    }

    private static boolean hidden(String name) {
        return OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }
}
