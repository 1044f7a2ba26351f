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
 * Makes sure that the caller has a session: asks for it, and opens one where there is none, both on one connection.
 *
 * <p>Wrong: the way out for callers that have a session already, which is nearly everybody, skips the close. Why it
 * leaks: a lease is a pooled connection, out of the pool until it is given back. How it shows: it works in every test
 * that starts without a session; in production the pool runs dry within minutes. The proxy names {@code openSession} in
 * its ledger as the place of a {@code LEASE} and takes the connection back when the exchange ends.
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
        try (BackendResponse answer = lease.send(new BackendRequest(method, path, Map.of(), new byte[0]))) {
            answer.body().skip(Long.MAX_VALUE);
            return answer.status();
        }
    }
}
