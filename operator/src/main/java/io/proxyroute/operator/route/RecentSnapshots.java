package io.proxyroute.operator.route;

import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Recent snapshots of the serving pods.
 *
 * @param serving pods that are ready and not terminating, including detached ones
 * @param byPodUid only pods whose newest sample is known and not stale
 */
record RecentSnapshots(List<ObservedPod> serving, Map<String, Snapshot> byPodUid) {

    static RecentSnapshots of(
            List<ObservedPod> present, Collection<PodSample> samples, Duration staleAfter, Instant now) {
        List<ObservedPod> serving = present.stream().filter(ObservedPod::serves).toList();
        Map<String, Snapshot> byPodUid = samples.stream()
                .filter(sample -> sample.snapshot().isPresent())
                .filter(sample -> !sample.at().plus(staleAfter).isBefore(now))
                .filter(sample -> serving.stream()
                        .anyMatch(pod -> pod.uid().equals(sample.pod().uid())))
                .collect(Collectors.toMap(
                        sample -> sample.pod().uid(),
                        sample -> sample.snapshot().orElseThrow(),
                        (_, newer) -> newer));
        return new RecentSnapshots(serving, byPodUid);
    }

    Optional<Snapshot> of(ObservedPod pod) {
        return Optional.ofNullable(byPodUid.get(pod.uid()));
    }

    boolean isComplete() {
        return byPodUid.size() == serving.size();
    }
}
