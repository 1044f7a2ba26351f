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

    /** Ten connections, five to one endpoint, and these times in milliseconds; zero for none. */
    public static ConnectionPool times(long keepAlive, long lifetime, long leak, long abandoned) {
        return new ConnectionPool(
                10,
                5,
                10,
                Duration.ofSeconds(3),
                Duration.ofMillis(200),
                Duration.ofMillis(keepAlive),
                Duration.ofMillis(lifetime),
                Duration.ofMillis(leak),
                Duration.ofMillis(abandoned));
    }
}
