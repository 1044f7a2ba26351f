package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.status.StatusInput.Health;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Health of a route's pods: a finding or a death is conclusive; a pod without samples makes the health unknown. */
final class RouteHealth {

    private RouteHealth() {}

    /**
     * The health of the route. A pod that has just become ready may be without a sample as long as others have one.
     *
     * @param deaths of the route's proxies in the last hour, as a message
     * @param activeFindings confirmed by remediation, as a message
     * @param missingData what remediation cannot judge, as a message
     */
    static Health of(
            ProxyRoute route,
            RecentSnapshots snapshots,
            Optional<String> deaths,
            Optional<String> activeFindings,
            Optional<String> missingData,
            Instant now) {
        if (deaths.isPresent()) {
            return new Health.Unhealthy(
                    activeFindings.map(finding -> finding + " ").orElse("") + deaths.get());
        }
        if (route.getSpec().remediation().mode() == RemediationSpec.Mode.Disabled) {
            return new Health.NotObserved();
        }
        if (activeFindings.isPresent()) {
            return new Health.Unhealthy(activeFindings.get());
        }
        if (snapshots.serving().isEmpty()) {
            return new Health.Unknown("No pod is ready.");
        }
        Instant young = now.minus(route.getSpec().remediation().staleAfter().toJava());
        List<String> unsampled = snapshots.serving().stream()
                .filter(pod -> snapshots.of(pod).isEmpty())
                .filter(pod ->
                        snapshots.byPodUid().isEmpty() || !pod.readySince().isAfter(young))
                .map(ObservedPod::name)
                .toList();
        if (!unsampled.isEmpty()) {
            return new Health.Unknown("%d of %d ready pods have no recent snapshot, for example %s."
                    .formatted(unsampled.size(), snapshots.serving().size(), unsampled.getFirst()));
        }
        return missingData
                .<Health>map(Health.Unknown::new)
                .orElseGet(() -> new Health.Healthy("No pod leaks or breaches a threshold."));
    }
}
