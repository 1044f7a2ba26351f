package io.proxyroute.e2e.churn;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.util.Comparator;
import java.util.List;

/**
 * Changes the route and the endpoints of one backend every second, the replicas of another backend every 10 s, and the
 * replicas of the proxy every 15 s. Confined to one thread.
 */
final class ChurnSchedule {

    /** Backend with constant pods; every second a different one is missing from its Service. */
    private static final String ROTATING = "rotating";
    /** Backend that is scaled up and down. */
    private static final String SCALED = "scaled";

    private static final int ROTATING_PODS = 3;
    private static final int BACKEND_SCALE_SECONDS = 10;
    private static final int PROXY_SCALE_SECONDS = 15;

    private final Route route;
    private final List<String> rotatingPods;
    private int changes;

    private ChurnSchedule(Route route, List<String> rotatingPods) {
        this.route = route;
        this.rotatingPods = rotatingPods;
    }

    /** Deploys the backends that {@code churn/route.yaml} names. */
    static void deployBackends(TestNamespace namespace) {
        namespace.startBackend(SCALED, 1);
        namespace.startBackend(ROTATING, ROTATING_PODS);
    }

    /** Prepares the changes of a serving route. */
    static ChurnSchedule of(Route route) {
        return new ChurnSchedule(
                route,
                route
                        .namespace()
                        .client()
                        .pods()
                        .inNamespace(route.namespace().name())
                        .withLabel("app", ROTATING)
                        .list()
                        .getItems()
                        .stream()
                        .map((Pod pod) -> pod.getMetadata().getName())
                        .sorted(Comparator.naturalOrder())
                        .toList());
    }

    /** The number of changes so far. */
    int changes() {
        return changes;
    }

    /** Applies the changes of the given second since the start. */
    void apply(int second) {
        route.patch(specPatch(second));
        setServing(rotatingPods.get(second % ROTATING_PODS), "no");
        setServing(rotatingPods.get((second + ROTATING_PODS - 1) % ROTATING_PODS), "yes");
        changes += 3;
        if (second % BACKEND_SCALE_SECONDS == 0) {
            scale(2 - second / BACKEND_SCALE_SECONDS % 2);
            changes++;
        }
        if (second % PROXY_SCALE_SECONDS == 0) {
            route.patch("{\"spec\":{\"proxy\":{\"replicas\":" + (3 - second / PROXY_SCALE_SECONDS % 2) + "}}}");
            changes++;
        }
    }

    private void setServing(String pod, String value) {
        route.namespace()
                .client()
                .pods()
                .inNamespace(route.namespace().name())
                .withName(pod)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"serves\":\"" + value + "\"}}}");
    }

    private void scale(int replicas) {
        route.namespace()
                .client()
                .apps()
                .deployments()
                .inNamespace(route.namespace().name())
                .withName(SCALED)
                .scale(replicas);
    }

    /** New values for pool, timeouts, header filters and weights. */
    private static String specPatch(int second) {
        return """
                {"spec":{"connectionPool":{"maxConnectionsPerBackend":%d},
                 "timeouts":{"request":"9s","backendRequest":"%dms"},
                 "rules":[{"name":"all",
                  "filters":[{"type":"RequestHeaderModifier",
                   "requestHeaderModifier":{"set":[{"name":"x-second","value":"%d"}]}}],
                  "backendRefs":[{"name":"%s","port":8080,"weight":%d},{"name":"%s","port":8080,"weight":%d}]}]}}""".formatted(
                20 + second % 10, 8000 + second, second, SCALED, 1 + second % 3, ROTATING, 1 + (second + 1) % 3);
    }
}
