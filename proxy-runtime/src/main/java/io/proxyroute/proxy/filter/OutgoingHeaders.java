package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.List;
import java.util.Map;

/** Builds heads and fields from a filter's requests and responses, and rejects what would break HTTP framing. Stateless. */
final class OutgoingHeaders {

    private OutgoingHeaders() {}

    /**
     * The head of a request that a filter sends.
     *
     * @throws IllegalArgumentException a part of it is invalid; the message is for the filter's author
     */
    static Head request(BackendRequest request, Backend backend, String traceparent) {
        if (request.method().equalsIgnoreCase("CONNECT")) {
            throw new IllegalArgumentException("a filter cannot send method CONNECT; use another method");
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
            throw new IllegalArgumentException("method '" + method
                    + "' is not a token as RFC 9110, section 5.6.2, defines it; use letters, such as GET");
        }
        return method;
    }

    /**
     * The fields of a filter's message.
     *
     * @throws IllegalArgumentException the proxy sets one of them, or one holds invalid characters
     */
    static Fields fields(Map<String, List<String>> given) {
        Fields fields = new Fields();
        given.forEach((name, values) -> {
            if (FilterHeaders.isReserved(name)) {
                throw new IllegalArgumentException("header " + name + " is set by the proxy; leave it out");
            }
            values.forEach(value -> fields.add(name, value));
        });
        return fields;
    }

    private static String target(String target) {
        boolean clean = target.startsWith("/") && target.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!clean) {
            throw new IllegalArgumentException(
                    "target '" + target + "' must start with a slash and contain only printable ASCII without spaces");
        }
        return target;
    }
}
