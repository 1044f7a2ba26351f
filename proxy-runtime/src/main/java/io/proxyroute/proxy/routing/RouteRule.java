package io.proxyroute.proxy.routing;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.config.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A compiled rule. Immutable; times are in nanoseconds, 0 for no limit. */
public final class RouteRule {

    private final String name;
    private final List<HeaderEdit> requestEdits;
    private final List<HeaderEdit> responseEdits;
    private final List<RuleFilter.Custom> customFilters;
    private final List<String> backends;
    /** Upper bounds of the backends' ranges of a random number. */
    private final int[] shares;
    /** Including the shares of backends that cannot be resolved, which come last. */
    private final int allShares;

    private final long requestTimeoutNanos;
    private final long backendRequestTimeoutNanos;
    private final long idleTimeoutNanos;
    private final long maxStreamDurationNanos;
    private final Retry retry;

    private RouteRule(Rule rule, ConfigDocument document) {
        name = rule.name();
        List<HeaderEdit> onRequest = new ArrayList<>();
        List<HeaderEdit> onResponse = new ArrayList<>();
        List<RuleFilter.Custom> custom = new ArrayList<>();
        for (RuleFilter filter : rule.filters()) {
            switch (filter) {
                case RuleFilter.RequestHeaders(RuleFilter.HeaderEdits edits) ->
                    onRequest.add(HeaderEdit.compile(edits));
                case RuleFilter.ResponseHeaders(RuleFilter.HeaderEdits edits) ->
                    onResponse.add(HeaderEdit.compile(edits));
                case RuleFilter.Custom c -> custom.add(c);
            }
        }
        requestEdits = List.copyOf(onRequest);
        responseEdits = List.copyOf(onResponse);
        customFilters = List.copyOf(custom);
        List<BackendRef> resolved =
                rule.backendRefs().stream().filter(ref -> ref.backend() != null).toList();
        backends = resolved.stream().map(BackendRef::backend).toList();
        shares = new int[backends.size()];
        int sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum = Math.addExact(sum, resolved.get(i).weight());
            shares[i] = sum;
        }
        for (BackendRef ref : rule.backendRefs()) {
            sum = ref.backend() == null ? Math.addExact(sum, ref.weight()) : sum;
        }
        allShares = sum;
        Timeouts defaults = document.timeouts();
        requestTimeoutNanos = nanos(rule.timeouts().request(), defaults.request());
        backendRequestTimeoutNanos = nanos(rule.timeouts().backendRequest(), defaults.backendRequest());
        idleTimeoutNanos = defaults.idle().toNanos();
        maxStreamDurationNanos = defaults.maxStreamDuration().toNanos();
        retry = rule.retry();
    }

    static RouteRule compile(Rule rule, ConfigDocument document) {
        return new RouteRule(rule, document);
    }

    private static long nanos(Duration own, Duration inherited) {
        return (own == null ? inherited : own).toNanos();
    }

    /** Unique in the document. */
    public String name() {
        return name;
    }

    /** In the order of the document. */
    public List<HeaderEdit> requestEdits() {
        return requestEdits;
    }

    /** In the order of the document. */
    public List<HeaderEdit> responseEdits() {
        return responseEdits;
    }

    /** In the order of the document. */
    public List<RuleFilter.Custom> customFilters() {
        return customFilters;
    }

    /** Ids of the backends that are resolved, in the order of the document. */
    public List<String> backends() {
        return backends;
    }

    /**
     * Chooses a backend by weight.
     *
     * @return an index into {@link #backends()}; -1 if all weights are 0, or for the share of backends that cannot be resolved
     */
    public int pick(RandomGenerator random) {
        int sum = shares.length == 0 ? 0 : shares[shares.length - 1];
        if (sum == 0) {
            return -1;
        }
        int drawn = shares.length == 1 && sum == allShares ? 0 : random.nextInt(allShares);
        if (drawn >= sum) {
            return -1;
        }
        int index = 0;
        while (shares[index] <= drawn) {
            index++;
        }
        return index;
    }

    /** From the end of the request to the response head. */
    public long requestTimeoutNanos() {
        return requestTimeoutNanos;
    }

    /** The same for a single attempt. */
    public long backendRequestTimeoutNanos() {
        return backendRequestTimeoutNanos;
    }

    /** How long a stream may stay without progress. */
    public long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    /** From the request head to the end of the response. */
    public long maxStreamDurationNanos() {
        return maxStreamDurationNanos;
    }

    /** Null for no retries. */
    public Retry retry() {
        return retry;
    }

    @Override
    public String toString() {
        return name;
    }
}
