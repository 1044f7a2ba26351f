package io.proxyroute.examples.fixed;

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
 * <p>Fixed: try-with-resources closes the response. Reading its body to the end returns the connection to the pool
 * instead of closing it.
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
        try (BackendResponse response = context.send(context.backends().getFirst(), BackendRequest.get(path))) {
            response.body().skip(Long.MAX_VALUE);
            return response.status() != 401 && response.status() != 403;
        }
    }
}
