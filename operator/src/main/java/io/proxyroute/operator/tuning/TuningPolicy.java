package io.proxyroute.operator.tuning;

import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.TuningSpec;
import java.time.Duration;

/**
 * What tuning may do.
 *
 * @param minConnections fewest connections to one endpoint
 * @param maxConnections most; at least {@code minConnections}
 * @param minAcquire shortest wait for a connection
 * @param maxAcquire longest; at least {@code minAcquire}
 * @param window how long is measured before anything is decided
 * @param interval how often it is thought over
 */
public record TuningPolicy(
        int minConnections,
        int maxConnections,
        Duration minAcquire,
        Duration maxAcquire,
        Duration window,
        Duration interval) {

    /**
     * Reads the API's settings. A request is answered with 504 after its time, so to wait longer than that for a
     * connection is of no use; and one endpoint cannot have more connections than the pod.
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

    /** The nearest settings that are allowed. */
    public PoolSettings bounded(PoolSettings settings) {
        return new PoolSettings(bounded(settings.connections()), bounded(settings.acquire()));
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
