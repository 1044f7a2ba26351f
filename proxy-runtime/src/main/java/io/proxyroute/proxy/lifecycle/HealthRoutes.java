package io.proxyroute.proxy.lifecycle;

import io.proxyroute.proxy.admin.AdminResponse;
import io.proxyroute.proxy.admin.Routes;
import io.proxyroute.proxy.telemetry.LoopWatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the health port answers. {@code /livez} fails when an event loop is stuck, and for nothing else: everything that
 * the operator sees and mends by itself must not have the kubelet kill the process first. {@code /readyz} fails until the
 * process is warm and from the moment it drains.
 */
public final class HealthRoutes {

    /** The largest request: nobody has anything to send here. */
    public static final int MAX_BODY_BYTES = 1 << 10;

    private static final Duration STUCK = Duration.ofSeconds(10);

    private HealthRoutes() {}

    /**
     * All routes.
     *
     * @param metrics in Prometheus' text format
     */
    public static Routes of(ProcessLifecycle life, LoopWatch loops, Supplier<String> metrics) {
        return new Routes()
                .get("/livez", body -> {
                    Optional<String> stuck = loops.stuck(STUCK);
                    return stuck.map(why -> AdminResponse.text(503, why))
                            .orElseGet(() -> AdminResponse.text(200, "Alive."));
                })
                .get("/readyz", body -> switch (life.state()) {
                    case READY -> AdminResponse.text(200, "Ready.");
                    case WARMING -> AdminResponse.text(503, "Warming up.");
                    case DRAINING -> AdminResponse.text(503, "Draining.");
                })
                .get(
                        "/metrics",
                        body -> new AdminResponse(
                                200,
                                "text/plain; version=0.0.4; charset=utf-8",
                                metrics.get().getBytes(StandardCharsets.UTF_8)));
    }
}
