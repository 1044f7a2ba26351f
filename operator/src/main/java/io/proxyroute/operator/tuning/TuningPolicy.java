package io.proxyroute.operator.tuning;

import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.TuningSpec;
import java.time.Duration;

/**
 * The settings that tuning may choose.
 *
 * @param minConnections minimum number of connections to one endpoint
 * @param maxConnections maximum; at least {@code minConnections}
 * @param minAcquire minimum acquire timeout
 * @param maxAcquire maximum; at least {@code minAcquire}
 * @param window time span of the measurements of a decision
 * @param interval how often the settings are evaluated
 */
public record TuningPolicy(
        int minConnections,
        int maxConnections,
        Duration minAcquire,
        Duration maxAcquire,
        Duration window,
        Duration interval) {

    /**
     * Converts the API's settings. A request ends with a 504 response at its timeout, so an acquire timeout above the
     * request timeout has no effect; one endpoint cannot have more connections than the pod.
     */
    public static TuningPolicy of(ProxyRouteSpec spec) {
        TuningSpec tuning = spec.tuning();
        TuningSpec.ConnectionBounds connections = tuning.bounds().maxConnectionsPerBackend();
        int maxConnections = Math.min(connections.max(), spec.connectionPool().maxConnections());
        Duration minAcquire = tuning.bounds().acquireTimeout().min().toJava();
        Duration maxAcquire = tuning.bounds().acquireTimeout().max().toJava();
        Duration request = spec.timeouts().request().toJava();
        if (!request.isZero() && request.compareTo(maxAcquire) < 0) {
            maxAcquire = request;
        }
        return new TuningPolicy(
                Math.min(connections.min(), maxConnections),
                maxConnections,
                minAcquire.compareTo(maxAcquire) < 0 ? minAcquire : maxAcquire,
                maxAcquire,
                tuning.window().toJava(),
                tuning.interval().toJava());
    }

    /** The nearest allowed settings. */
    public PoolSettings bounded(PoolSettings settings) {
        return new PoolSettings(bounded(settings.maxConnections()), bounded(settings.acquireTimeout()));
    }

    int bounded(long connections) {
        return Math.clamp(connections, minConnections, maxConnections);
    }

    Duration bounded(Duration wait) {
        if (wait.compareTo(minAcquire) < 0) {
            return minAcquire;
        }
        return wait.compareTo(maxAcquire) > 0 ? maxAcquire : wait;
    }
}
