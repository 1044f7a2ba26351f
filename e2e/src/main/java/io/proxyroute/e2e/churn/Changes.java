package io.proxyroute.e2e.churn;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.util.Comparator;
import java.util.List;

/**
 * What changes, and when: the route and the endpoints of a backend every second, another backend's pods every 10 s, the
 * proxy's pods every 15 s. One thread.
 */
final class Changes {

    /** Its pods stay; every second another of them is not in the Service. */
    private static final String ROTATING = "rotating";
    /** Its pods start and end. */
    private static final String SCALED = "scaled";

    private static final int ROTATING_PODS = 3;
    private static final int SCALE_SECONDS = 10;
    private static final int REPLICA_SECONDS = 15;

    private final Route route;
    private final List<String> rotating;
    private int made;

    private Changes(Route route, List<String> rotating) {
        this.route = route;
        this.rotating = rotating;
    }

    /** Deploys the backends that {@code churn/route.yaml} names. */
    static void deployBackends(Sandbox sandbox) {
        sandbox.backend(SCALED, 1);
        sandbox.backend(ROTATING, ROTATING_PODS);
    }

    /** Changes of a route that serves. */
    static Changes of(Route route) {
        return new Changes(
                route,
                route
                        .sandbox()
                        .client()
                        .pods()
                        .inNamespace(route.sandbox().namespace())
                        .withLabel("app", ROTATING)
                        .list()
                        .getItems()
                        .stream()
                        .map((Pod pod) -> pod.getMetadata().getName())
                        .sorted(Comparator.naturalOrder())
                        .toList());
    }

    /** How many changes were made. */
    int made() {
        return made;
    }

    /** Makes the changes of a second since the start. */
    void make(int second) {
        route.patch(spec(second));
        serve(rotating.get(second % ROTATING_PODS), "no");
        serve(rotating.get((second + ROTATING_PODS - 1) % ROTATING_PODS), "yes");
        made += 3;
        if (second % SCALE_SECONDS == 0) {
            scale(2 - second / SCALE_SECONDS % 2);
            made++;
        }
        if (second % REPLICA_SECONDS == 0) {
            route.patch("{\"spec\":{\"proxy\":{\"replicas\":" + (3 - second / REPLICA_SECONDS % 2) + "}}}");
            made++;
        }
    }

    private void serve(String pod, String value) {
        route.sandbox()
                .client()
                .pods()
                .inNamespace(route.sandbox().namespace())
                .withName(pod)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"serves\":\"" + value + "\"}}}");
    }

    private void scale(int replicas) {
        route.sandbox()
                .client()
                .apps()
                .deployments()
                .inNamespace(route.sandbox().namespace())
                .withName(SCALED)
                .scale(replicas);
    }

    /** Pool, timeouts, header filters and weights: each second another value. */
    private static String spec(int second) {
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
