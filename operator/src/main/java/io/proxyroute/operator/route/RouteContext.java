package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.compile.Compilation;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one reconciliation of a route starts from.
 *
 * @param route the cached route
 * @param state the route's state in this leader term
 * @param pods pods that have not ended
 * @param acknowledgements responses of the proxies to the last push, by pod UID
 * @param now when the reconciliation started
 */
record RouteContext(
        ProxyRoute route,
        RouteState state,
        List<ObservedPod> pods,
        Map<String, Acknowledgement> acknowledgements,
        Instant now) {

    String uid() {
        return route.getMetadata().getUid();
    }

    /**
     * Takes one step of the rollout.
     *
     * @param desired compiled from the spec; empty if it cannot be served
     * @return what the proxies should serve; empty if there was never a valid document
     * @see ConfigRollout#step
     */
    Optional<ConfigDocument> rollOut(Optional<ConfigDocument> desired) {
        return state.rollout().step(route, desired, pods, acknowledgements, now);
    }

    /** Why the compiled spec is not served as written; empty if it is. */
    List<Problem> problems(Compilation compilation) {
        List<Problem> problems = new ArrayList<>(state.rollout().failures());
        problems.addAll(compilation.problems());
        if (compilation instanceof Compilation.Compiled) {
            problems.addAll(state.rollout().problems(pods, acknowledgements));
        }
        return problems;
    }
}
