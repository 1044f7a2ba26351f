package io.proxyroute.proxy.lifecycle;

import io.proxyroute.proxy.admin.AdminResponse;
import io.proxyroute.proxy.admin.Router;
import io.proxyroute.proxy.telemetry.EventLoopMonitor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The health port's endpoints. {@code /livez} fails only when an event loop is stuck: everything else is the operator's
 * to remediate, and the kubelet must not kill the process first. {@code /readyz} fails until the warm-up is over, and
 * from the start of the drain.
 */
public final class HealthRoutes {

    /** The largest request body; none is expected. */
    public static final int MAX_BODY_BYTES = 1 << 10;

    private static final Duration STUCK = Duration.ofSeconds(10);

    private HealthRoutes() {}

    /**
     * Creates the router of the health port.
     *
     * @param metrics renders the metrics in Prometheus' text format
     */
    public static Router of(ProcessLifecycle lifecycle, EventLoopMonitor loops, Supplier<String> metrics) {
        return new Router()
                .get("/livez", body -> {
                    Optional<String> stuck = loops.stuckLoop(STUCK);
                    return stuck.map(message -> AdminResponse.text(503, message))
                            .orElseGet(() -> AdminResponse.text(200, "Alive."));
                })
                .get("/readyz", body -> switch (lifecycle.state()) {
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
