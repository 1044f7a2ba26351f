package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.netty.resolver.NameResolver;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the names of backends to all their addresses, and again every {@value #INTERVAL_SECONDS} s. The resolver
 * caches answers for their TTL, so a name is queried no more often than that. If a query fails, the last known
 * addresses stay in use. Confined to one event loop, except where noted.
 */
final class BackendNames {

    private static final int INTERVAL_SECONDS = 5;
    private static final Comparator<InetAddress> ORDER = Comparator.comparing(InetAddress::getHostAddress);
    private static final Logger LOG = LoggerFactory.getLogger(BackendNames.class);

    private final EventLoop loop;
    private final NameResolver<InetAddress> resolver;
    private final Listener listener;
    private final Map<String, List<InetAddress>> known = new HashMap<>();
    private final Set<String> failing = new LinkedHashSet<>();
    private Set<String> names = Set.of();
    private Future<?> next;

    /** Receives addresses. */
    @FunctionalInterface
    interface Listener {

        /**
         * A name has other addresses than before. Called on the event loop.
         *
         * @param addresses at least one address, in a stable order
         */
        void resolved(String name, List<InetAddress> addresses);
    }

    /** @param resolver resolver on the same event loop; closed by the caller */
    BackendNames(EventLoop loop, NameResolver<InetAddress> resolver, Listener listener) {
        this.loop = loop;
        this.resolver = resolver;
        this.listener = listener;
    }

    /** Resolves exactly these names from now on. Callable on any thread. */
    void watch(Set<String> desired) {
        loop.execute(() -> {
            names = Set.copyOf(desired);
            known.keySet().retainAll(names);
            failing.retainAll(names);
            resolveAll();
        });
    }

    private void resolveAll() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        for (String name : names) {
            resolver.resolveAll(name).addListener((Future<List<InetAddress>> answer) -> answered(name, answer));
        }
        if (!names.isEmpty() && !loop.isShuttingDown()) {
            next = loop.schedule(this::resolveAll, INTERVAL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void answered(String name, Future<List<InetAddress>> answer) {
        if (!names.contains(name)) {
            return;
        }
        if (!answer.isSuccess()) {
            if (failing.add(name)) {
                LOG.warn(
                        "Cannot resolve backend host {}: {}. The last known addresses {} stay in use.",
                        name,
                        answer.cause().getMessage(),
                        known.getOrDefault(name, List.of()).stream()
                                .map(InetAddress::getHostAddress)
                                .toList());
            }
            return;
        }
        failing.remove(name);
        List<InetAddress> addresses = usable(answer.getNow());
        if (!addresses.isEmpty() && !addresses.equals(known.put(name, addresses))) {
            listener.resolved(name, addresses);
        }
    }

    /**
     * The IPv4 addresses if there are any: many clusters have no route for IPv6. Servers rotate the order of records.
     */
    private static List<InetAddress> usable(List<InetAddress> answer) {
        List<InetAddress> distinct = new ArrayList<>(new LinkedHashSet<>(answer));
        List<InetAddress> version4 =
                distinct.stream().filter(Inet4Address.class::isInstance).toList();
        return (version4.isEmpty() ? distinct : version4).stream().sorted(ORDER).toList();
    }

    /** Stops. Callable on any thread. */
    void close() {
        watch(Set.of());
    }
}
