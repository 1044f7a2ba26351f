package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.status.StatusInput.Health;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What can be said of the health of a route's pods: a finding speaks for itself, silence of a pod does not. */
final class RouteHealth {

    private RouteHealth() {}

    /**
     * A pod that has only just become ready need not have given a sample yet, where others have.
     *
     * @param trouble what remediation found wrong, in a sentence
     * @param doubt what it cannot tell, in a sentence
     */
    static Health of(
            ProxyRoute route,
            RecentSnapshots snapshots,
            Optional<String> trouble,
            Optional<String> doubt,
            Instant now) {
        if (route.getSpec().remediation().mode() == RemediationSpec.Mode.Disabled) {
            return new Health.NotObserved();
        }
        if (trouble.isPresent()) {
            return new Health.Unhealthy(trouble.get());
        }
        if (snapshots.serving().isEmpty()) {
            return new Health.Unknown("No pod is ready.");
        }
        Instant young = now.minus(route.getSpec().remediation().staleAfter().toJava());
        List<String> silent = snapshots.serving().stream()
                .filter(pod -> snapshots.of(pod).isEmpty())
                .filter(pod ->
                        snapshots.byPodUid().isEmpty() || !pod.readySince().isAfter(young))
                .map(ObservedPod::name)
                .toList();
        if (!silent.isEmpty()) {
            return new Health.Unknown("%d of %d ready pods give no recent snapshot, %s for one."
                    .formatted(silent.size(), snapshots.serving().size(), silent.getFirst()));
        }
        return doubt.<Health>map(Health.Unknown::new)
                .orElseGet(() -> new Health.Healthy("No pod leaks or breaches a threshold."));
    }
}
