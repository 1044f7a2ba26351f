package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.List;
import java.util.Map;

/** Turns what a filter gives into messages of HTTP, and refuses what would break their framing. */
final class OutgoingHeaders {

    private OutgoingHeaders() {}

    /**
     * A request of a filter's own.
     *
     * @throws IllegalArgumentException a part of it cannot stand in a request
     */
    static Head request(BackendRequest request, Backend backend, String traceparent) {
        if (request.method().equalsIgnoreCase("CONNECT")) {
            throw new IllegalArgumentException("a filter cannot open tunnels with CONNECT");
        }
        Fields fields = fields(request.headers());
        fields.remove(FieldNames.HOST);
        fields.set(FieldNames.TRACEPARENT, traceparent);
        String authority = backend.port() == 80 ? backend.host() : backend.host() + ":" + backend.port();
        int length = request.body() == null ? 0 : request.body().length;
        return Head.request(
                method(request.method()), authority, target(request.target()), Protocol.HTTP_1_1, length, fields);
    }

    /** A method is a token (RFC 9110, section 5.6.2). */
    private static String method(String method) {
        boolean token = !method.isEmpty()
                && method.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
        if (!token) {
            throw new IllegalArgumentException("method '" + method + "' holds characters that a method must not have");
        }
        return method;
    }

    /**
     * The fields that a filter gives.
     *
     * @throws IllegalArgumentException one is the proxy's to set, or holds characters that a header must not have
     */
    static Fields fields(Map<String, List<String>> given) {
        Fields fields = new Fields();
        given.forEach((name, values) -> {
            if (FilterHeaders.reserved(name)) {
                throw new IllegalArgumentException("header " + name + " belongs to the connection; the proxy sets it");
            }
            values.forEach(value -> fields.add(name, value));
        });
        return fields;
    }

    private static String target(String target) {
        boolean clean = target.startsWith("/") && target.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!clean) {
            throw new IllegalArgumentException(
                    "target '" + target + "' must start with a slash and be printable ASCII");
        }
        return target;
    }
}
