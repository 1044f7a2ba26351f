package io.proxyroute.operator.route;

import io.proxyroute.operator.pace.TokenBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Limits how often the status of a route is written while its spec does not change: more often than a rollout of a few pods needs, only a
 * pod causes that changes its mind all the time. One instance per route and leader term; used by one reconciliation at a time.
 */
final class StatusBudget {

    private static final int BURST = 40;
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private TokenBucket bucket = new TokenBucket(BURST, INTERVAL);
    private Long generation;

    /** Takes one write if there is one. */
    boolean tryTake(Long current, Instant now) {
        return of(current).tryTake(now);
    }

    /** Time until a write is possible; zero if it is. */
    Duration wait(Long current, Instant now) {
        return of(current).wait(now);
    }

    private TokenBucket of(Long current) {
        if (!Objects.equals(current, generation)) {
            generation = current;
            bucket = new TokenBucket(BURST, INTERVAL);
        }
        return bucket;
    }
}
