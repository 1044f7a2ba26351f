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
 * Asks a backend whether the caller is welcome, and looks at the status alone.
 *
 * <p>Fixed: try-with-resources closes the response, and reading its body to the end lets the connection go back to the
 * pool instead of being closed.
 *
 * <p>Options: {@code path} of the question ({@code /}), {@code every}.
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
        try (BackendResponse answer = context.send(context.backends().getFirst(), BackendRequest.get(path))) {
            answer.body().skip(Long.MAX_VALUE);
            return answer.status() != 401 && answer.status() != 403;
        }
    }
}
