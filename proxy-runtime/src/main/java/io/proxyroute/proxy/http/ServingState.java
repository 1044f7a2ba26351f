package io.proxyroute.proxy.http;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.BackendPool;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.routing.Hostnames;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.routing.RoutingTable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is served under one document. Immutable but for the count of its exchanges, which is kept per loop: an exchange
 * keeps the state that it began under, and the last one to leave a state that was replaced says so.
 */
final class ServingState {

    private final String route;
    private final RoutingTable table;
    private final Map<BoundListener, Listening> listeners;
    private final Map<RouteRule, Served> served = new IdentityHashMap<>();
    private final long idleNanos;
    private final long requestHeadersNanos;
    private final Part[] parts;
    private final AtomicInteger busyParts;
    private final Runnable retired;

    /**
     * What a rule needs at run time.
     *
     * @param pools in the order of the rule's backends
     * @param filters null where the rule has none
     */
    record Served(List<BackendPool> pools, FilterChain filters) {}

    /** What a listening socket is under this document. */
    record Listening(String name, Hostnames hostnames) {}

    /** The exchanges of one loop. Confined to it. */
    private static final class Part {
        int running;
        boolean replaced;
    }

    ServingState(
            ConfigDocument document,
            Map<BoundListener, Listening> listeners,
            BackendPools pools,
            Map<String, FilterChain> filters,
            EventLoops loops,
            Runnable retired) {
        this.route = document.route() == null
                ? ""
                : document.route().namespace() + "/" + document.route().name();
        this.table = RoutingTable.compile(document);
        this.listeners = Map.copyOf(listeners);
        for (RouteRule rule : table.rules()) {
            FilterChain chain = filters.get(rule.name());
            if (chain == null && !rule.customFilters().isEmpty()) {
                throw new IllegalArgumentException(
                        "rule " + rule.name() + " has custom filters but no chain to run them");
            }
            served.put(
                    rule,
                    new Served(rule.backends().stream().map(pools::backend).toList(), chain));
        }
        this.idleNanos = document.timeouts().idle().toNanos();
        this.requestHeadersNanos = document.timeouts().requestHeaders().toNanos();
        this.retired = retired;
        this.parts = new Part[loops.count()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part();
        }
        this.busyParts = new AtomicInteger(parts.length);
    }

    String route() {
        return route;
    }

    RoutingTable table() {
        return table;
    }

    /** Null where the document has no such listener any more. */
    Listening listening(BoundListener listener) {
        return listeners.get(listener);
    }

    Served served(RouteRule rule) {
        return served.get(rule);
    }

    long idleNanos() {
        return idleNanos;
    }

    long requestHeadersNanos() {
        return requestHeadersNanos;
    }

    /** An exchange begins on a loop. */
    void enter(int loop) {
        parts[loop].running++;
    }

    /** An exchange has ended on a loop. */
    void leave(int loop) {
        Part part = parts[loop];
        part.running--;
        if (part.replaced && part.running == 0) {
            partDone();
        }
    }

    /** Another state has taken its place, so that no exchange enters any more. */
    void replaced(List<EventLoop> loops) {
        for (int i = 0; i < parts.length; i++) {
            Part part = parts[i];
            loops.get(i).execute(() -> {
                part.replaced = true;
                if (part.running == 0) {
                    partDone();
                }
            });
        }
    }

    private void partDone() {
        if (busyParts.decrementAndGet() == 0) {
            retired.run();
        }
    }
}
