package io.proxyroute.operator.observe;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the newest sample of every pod, for decisions that need no history. Thread-safe. */
public final class LatestSamples implements SampleSink {

    /** By route UID, then by pod UID. */
    private final Map<String, Map<String, PodSample>> routes = new ConcurrentHashMap<>();

    @Override
    public void accept(PodSample sample) {
        routes.computeIfAbsent(sample.pod().route().uid(), _ -> new ConcurrentHashMap<>())
                .put(sample.pod().uid(), sample);
    }

    @Override
    public void gone(ObservedPod pod) {
        routes.computeIfPresent(pod.route().uid(), (_, samples) -> {
            samples.remove(pod.uid());
            return samples.isEmpty() ? null : samples;
        });
    }

    /** The newest sample of each polled pod of the route; the caller checks their age. */
    public Collection<PodSample> of(String routeUid) {
        return List.copyOf(routes.getOrDefault(routeUid, Map.of()).values());
    }
}
