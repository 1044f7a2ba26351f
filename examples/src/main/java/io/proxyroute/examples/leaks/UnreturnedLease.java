package io.proxyroute.examples.leaks;

import io.proxyroute.examples.CallSampler;
import io.proxyroute.examples.Options;
import io.proxyroute.filter.BackendLease;
import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.io.IOException;
import java.util.Map;

/**
 * Ensures that the caller has a session: looks it up, and creates one if there is none, both on one connection.
 *
 * <p>Bug: for callers that have a session, which is the common case, the method returns without closing the lease.
 * Leak: a lease holds a pooled connection until it is closed. Symptom: tests that start without a session pass; in
 * production, the pool is exhausted within minutes. The proxy reports {@code openSession} as the origin of a
 * {@code LEASE} and reclaims the connection when the exchange ends.
 *
 * <p>Options: {@code path} of the session ({@code /}), {@code every}.
 */
public final class UnreturnedLease implements ProxyFilter {

    private String path;
    private CallSampler sampler;

    @Override
    public void configure(Map<String, String> config) {
        path = Options.path(config, "path", "/");
        sampler = CallSampler.of(config);
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        if (sampler.isDue()) {
            openSession(context);
        }
        return FilterResult.NEXT;
    }

    private void openSession(FilterContext context) throws Exception {
        BackendLease lease = context.acquire(context.backends().getFirst());
        if (status(lease, "GET") == 200) {
            return;
        }
        status(lease, "POST");
        lease.close();
    }

    private int status(BackendLease lease, String method) throws IOException, InterruptedException {
        try (BackendResponse response = lease.send(new BackendRequest(method, path, Map.of(), new byte[0]))) {
            response.body().skip(Long.MAX_VALUE);
            return response.status();
        }
    }
}
