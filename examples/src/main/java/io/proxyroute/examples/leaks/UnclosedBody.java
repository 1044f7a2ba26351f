package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;

/**
 * Asks a backend whether the caller is allowed, and uses only the status of the response.
 *
 * <p>Bug: the response is never closed, because the filter does not need its body. Leak: a response holds its pooled
 * connection until it is closed or read to the end. Symptom: the pool's active connections grow to their limit and stay
 * there, acquiring a connection times out, and the backend keeps sockets open. The proxy reports {@code check} as the
 * origin of a {@code RESPONSE_BODY} and closes the connection when the exchange ends.
 *
 * <p>Options: {@code path} of the check ({@code /}), {@code every}.
 */
public final class UnclosedBody implements ProxyFilter {

    private String path;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        path = Options.path(config, "path", "/");
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        if (sampler.isDue() && !check(context)) {
            return FilterResult.respond(403, new byte[0]);
        }
        return FilterResult.NEXT;
    }

    private boolean check(FilterContext context) throws Exception {
        BackendResponse response = context.send(context.backends().getFirst(), BackendRequest.get(path));
        return response.status() != 401 && response.status() != 403;
    }
}
