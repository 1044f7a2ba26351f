package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Keeps the proxies of every route on that route's target: all at once, within milliseconds of a change, each on a
 * thread of its own, so that one that does not answer holds up nobody. Thread-safe; no method waits for a proxy.
 */
public final class ConfigPusher implements AutoCloseable {

    private final ProxyClient client;
    private final PushListener listener;
    /** By route UID, then by pod UID. */
    private final Map<String, Map<String, ProxySyncer>> routes = new ConcurrentHashMap<>();

    /** @param client is not closed by this */
    public ConfigPusher(ProxyClient client, PushListener listener) {
        this.client = client;
        this.listener = listener;
    }

    /**
     * Sets what a route's proxies should serve. Proxies that are not named any more are left alone.
     *
     * @param proxies all processes of the route that have an address, ready or not
     */
    public void aim(String routeUid, Target target, Collection<ProxyAddress> proxies) {
        Map<String, ProxyAddress> wanted =
                proxies.stream().collect(Collectors.toMap(ProxyAddress::podUid, proxy -> proxy));
        Map<String, ProxySyncer> lines = routes.compute(routeUid, (_, known) -> {
            Map<String, ProxySyncer> next = new HashMap<>();
            Map<String, ProxySyncer> old = known == null ? Map.of() : known;
            old.forEach((podUid, line) -> {
                if (line.proxy().equals(wanted.get(podUid))) {
                    next.put(podUid, line);
                } else {
                    line.close();
                }
            });
            wanted.forEach(
                    (podUid, proxy) -> next.computeIfAbsent(podUid, _ -> new ProxySyncer(proxy, client, listener)));
            return Map.copyOf(next);
        });
        lines.values().forEach(line -> line.aimAt(target));
    }

    /** Tells what a proxy was seen to serve, so that one that lost what it acknowledged is pushed again. */
    public void observed(String routeUid, String podUid, Applied serving) {
        ProxySyncer line = routes.getOrDefault(routeUid, Map.of()).get(podUid);
        if (line != null) {
            line.observed(serving);
        }
    }

    /** The last result by pod UID; a pod that was never pushed is absent. */
    public Map<String, Acknowledgement> acknowledgements(String routeUid) {
        Map<String, Acknowledgement> results = new HashMap<>();
        routes.getOrDefault(routeUid, Map.of()).forEach((podUid, line) -> line.acknowledgement()
                .ifPresent(acknowledgement -> results.put(podUid, acknowledgement)));
        return results;
    }

    /** Ends all that is done for a route. */
    public void forget(String routeUid) {
        Map<String, ProxySyncer> lines = routes.remove(routeUid);
        if (lines != null) {
            lines.values().forEach(ProxySyncer::close);
        }
    }

    @Override
    public void close() {
        List.copyOf(routes.keySet()).forEach(this::forget);
    }
}
