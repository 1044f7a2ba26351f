package io.proxyroute.proxy.http;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Limits;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.routing.RoutingTable;
import io.proxyroute.proxy.stream.HeadLimits;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One document, compiled for serving. Immutable except for the number of its exchanges, which each loop counts: an
 * exchange keeps the state under which it started, and the last exchange that leaves a replaced state calls
 * {@code retired}.
 */
final class ServingState {

    private final String route;
    private final ViaEntry via;
    private final HeadLimits headLimits;
    private final long bodyLimitBytes;
    private final int clientLimit;
    private final ForwardingTrust trust;
    private final RoutingTable table;
    private final Map<BoundListener, ListenerConfig> listeners;
    private final Map<RouteRule, RuleRuntime> runtimes = new IdentityHashMap<>();
    private final long idleTimeoutNanos;
    private final long requestHeadersTimeoutNanos;
    private final LoopCount[] loopCounts;
    private final AtomicInteger busyLoops;
    private final Runnable retired;

    /**
     * What a rule needs at run time.
     *
     * @param pools pools in the order of the rule's backends
     * @param filters null if the rule has none
     */
    record RuleRuntime(List<BackendPool> pools, FilterChain filters) {}

    /** The exchanges of one loop. Confined to it. */
    private static final class LoopCount {
        int running;
        boolean replaced;
    }

    ServingState(
            ConfigDocument document,
            Map<BoundListener, ListenerConfig> listeners,
            BackendPools pools,
            Map<String, FilterChain> filters,
            EventLoops loops,
            Runnable retired) {
        this.route = document.route() == null
                ? ""
                : document.route().namespace() + "/" + document.route().name();
        Limits limits = document.limits();
        this.via = new ViaEntry(document.route() == null ? "" : document.route().uid(), limits.loopPasses());
        this.headLimits = new HeadLimits(limits.requestLineBytes(), limits.headerBytes(), limits.headerLines());
        this.bodyLimitBytes = limits.bodyBytes() == 0 ? Long.MAX_VALUE : limits.bodyBytes();
        this.clientLimit = limits.requestsPerClient();
        this.trust = new ForwardingTrust(document.trustedProxies());
        this.table = RoutingTable.compile(document);
        this.listeners = Map.copyOf(listeners);
        for (RouteRule rule : table.rules()) {
            FilterChain chain = filters.get(rule.name());
            if (chain == null && !rule.customFilters().isEmpty()) {
                throw new IllegalArgumentException(
                        "rule " + rule.name() + " has custom filters but no chain to run them");
            }
            runtimes.put(
                    rule,
                    new RuleRuntime(rule.backends().stream().map(pools::backend).toList(), chain));
        }
        this.idleTimeoutNanos = document.timeouts().clientIdle().toNanos();
        this.requestHeadersTimeoutNanos = document.timeouts().requestHeaders().toNanos();
        this.retired = retired;
        this.loopCounts = new LoopCount[loops.count()];
        for (int i = 0; i < loopCounts.length; i++) {
            loopCounts[i] = new LoopCount();
        }
        this.busyLoops = new AtomicInteger(loopCounts.length);
    }

    String route() {
        return route;
    }

    ViaEntry via() {
        return via;
    }

    HeadLimits headLimits() {
        return headLimits;
    }

    /** The size that a request's body may have; {@link Long#MAX_VALUE} for no limit. */
    long bodyLimitBytes() {
        return bodyLimitBytes;
    }

    /** How many requests one client address may have in flight; 0 for no limit. */
    int clientLimit() {
        return clientLimit;
    }

    ForwardingTrust trust() {
        return trust;
    }

    RoutingTable table() {
        return table;
    }

    /** What a listener serves; what it served last if the document does not have it. */
    ListenerConfig config(BoundListener listener) {
        ListenerConfig current = listeners.get(listener);
        return current == null ? listener.lastConfig() : current;
    }

    RuleRuntime runtime(RouteRule rule) {
        return runtimes.get(rule);
    }

    long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    long requestHeadersTimeoutNanos() {
        return requestHeadersTimeoutNanos;
    }

    /** An exchange starts on a loop. */
    void enter(int loop) {
        loopCounts[loop].running++;
    }

    /** An exchange has ended on a loop. */
    void leave(int loop) {
        LoopCount loopCount = loopCounts[loop];
        loopCount.running--;
        if (loopCount.replaced && loopCount.running == 0) {
            loopDone();
        }
    }

    /** Another state has replaced this one: no further exchange enters. */
    void replaced(List<EventLoop> loops) {
        for (int i = 0; i < loopCounts.length; i++) {
            LoopCount loopCount = loopCounts[i];
            loops.get(i).execute(() -> {
                loopCount.replaced = true;
                if (loopCount.running == 0) {
                    loopDone();
                }
            });
        }
    }

    private void loopDone() {
        if (busyLoops.decrementAndGet() == 0) {
            retired.run();
        }
    }
}
