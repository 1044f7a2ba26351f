package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.observe.SampleSink;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Keeps the proxies of every route on the target of the route. All proxies are updated concurrently, within milliseconds of a
 * change, each on its own thread, so an unresponsive proxy delays no other. It also receives samples: a proxy that no longer serves
 * what it acknowledged is pushed again. Thread-safe; no method waits for a proxy.
 */
public final class ConfigPusher implements SampleSink, AutoCloseable {

    private final ProxyClient client;
    private final PushListener listener;
    private final Clock clock;
    /** By route UID, then by pod UID. */
    private final Map<String, Map<String, ProxySyncer>> routes = new ConcurrentHashMap<>();

    /** @param client HTTP client; closed by the caller */
    public ConfigPusher(ProxyClient client, PushListener listener, Clock clock) {
        this.client = client;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Sets the target of a route's proxies. Proxies that are no longer listed are left alone.
     *
     * @param proxies all processes of the route that have an address, ready or not
     */
    public void setTarget(String routeUid, Target target, Collection<ProxyAddress> proxies) {
        Map<String, ProxyAddress> desired =
                proxies.stream().collect(Collectors.toMap(ProxyAddress::podUid, proxy -> proxy));
        Map<String, ProxySyncer> syncers = routes.compute(routeUid, (_, known) -> {
            Map<String, ProxySyncer> next = new HashMap<>();
            Map<String, ProxySyncer> old = known == null ? Map.of() : known;
            old.forEach((podUid, syncer) -> {
                if (syncer.proxy().equals(desired.get(podUid))) {
                    next.put(podUid, syncer);
                } else {
                    syncer.close();
                }
            });
            desired.forEach((podUid, proxy) ->
                    next.computeIfAbsent(podUid, _ -> new ProxySyncer(proxy, client, listener, clock)));
            return Map.copyOf(next);
        });
        syncers.values().forEach(syncer -> syncer.setTarget(target));
    }

    /** Compares what a proxy serves with what it acknowledged, and pushes again what it lost. */
    @Override
    public void accept(PodSample sample) {
        sample.snapshot()
                .filter(snapshot -> snapshot.config() != null)
                .ifPresent(snapshot -> observed(
                        sample.pod().route().uid(),
                        sample.pod().uid(),
                        new Applied(
                                snapshot.config().hash(),
                                snapshot.config().sequence(),
                                snapshot.config().endpointsVersion())));
    }

    void observed(String routeUid, String podUid, Applied serving) {
        ProxySyncer syncer = routes.getOrDefault(routeUid, Map.of()).get(podUid);
        if (syncer != null) {
            syncer.observed(serving);
        }
    }

    /** The last result by pod UID; pods that were never pushed are absent. */
    public Map<String, Acknowledgement> acknowledgements(String routeUid) {
        Map<String, Acknowledgement> results = new HashMap<>();
        routes.getOrDefault(routeUid, Map.of()).forEach((podUid, syncer) -> syncer.acknowledgement()
                .ifPresent(acknowledgement -> results.put(podUid, acknowledgement)));
        return results;
    }

    /** Stops all pushes of a route. */
    public void forget(String routeUid) {
        Map<String, ProxySyncer> syncers = routes.remove(routeUid);
        if (syncers != null) {
            syncers.values().forEach(ProxySyncer::close);
        }
    }

    @Override
    public void close() {
        List.copyOf(routes.keySet()).forEach(this::forget);
    }
}
