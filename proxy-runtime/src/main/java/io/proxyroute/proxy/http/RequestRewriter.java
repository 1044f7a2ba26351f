package io.proxyroute.proxy.http;

import io.proxyroute.proxy.routing.HeaderEdit;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.List;

/** Turns a client's request into the one that the proxy sends, in place. */
final class RequestRewriter {

    private RequestRewriter() {}

    /**
     * Counts this hop against {@code Max-Forwards} (RFC 9110, section 7.6.2).
     *
     * @return false if no hop is left, so the proxy itself is the recipient
     */
    static boolean decrementMaxForwards(Head request) {
        if (!request.method().equals("OPTIONS") && !request.method().equals("TRACE")) {
            return true;
        }
        int left = request.fields().getInt(FieldNames.MAX_FORWARDS, -1); // anything but a number is ignored
        if (left > 0) {
            request.fields().set(FieldNames.MAX_FORWARDS, Integer.toString(left - 1));
        }
        return left != 0;
    }

    /** Sets the tracing fields, drops the client's request timeout, and applies the rule's edits. */
    static void prepare(Head request, RouteRule rule, ViaEntry via, TraceContext trace) {
        Fields fields = request.fields();
        via.addTo(request);
        fields.remove(FieldNames.X_REQUEST_TIMEOUT_MS); // each attempt sets its own
        fields.set(FieldNames.TRACEPARENT, trace.traceparent());
        if (!trace.continued()) {
            fields.remove(FieldNames.TRACESTATE);
        }
        List<HeaderEdit> edits = rule.requestEdits();
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(request);
        }
    }
}
