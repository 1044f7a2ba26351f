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
 * Asks a backend whether the caller is welcome, and looks at the status alone.
 *
 * <p>Wrong: the response is never closed, because its body is of no interest. Why it leaks: a response holds its pooled
 * connection until it is closed or read to the end. How it shows: the pool's active connections climb to their limit and
 * stay there, acquires time out, and the backend's own threads wait on open sockets. The proxy names {@code check} in
 * its ledger as the place of a {@code RESPONSE_BODY} and closes the connection when the exchange ends.
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
        BackendResponse answer = context.send(context.backends().getFirst(), BackendRequest.get(path));
        return answer.status() != 401 && answer.status() != 403;
    }
}
