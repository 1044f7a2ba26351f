package io.proxyroute.proxy.pool;

import io.proxyroute.contract.config.ConnectionPool;
import java.time.Duration;

/** Settings that tests vary. */
public final class Pools {

    private Pools() {}

    /** The defaults with these caps. */
    public static ConnectionPool of(int max, int perEndpoint) {
        return of(max, perEndpoint, 1024, 3000);
    }

    /** The defaults with these caps, queue and milliseconds to wait. */
    public static ConnectionPool of(int max, int perEndpoint, int pending, int acquireMillis) {
        return new ConnectionPool(
                max,
                perEndpoint,
                pending,
                Duration.ofMillis(acquireMillis),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(300));
    }
}
