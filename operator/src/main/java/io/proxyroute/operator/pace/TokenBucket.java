package io.proxyroute.operator.pace;

import java.time.Duration;
import java.time.Instant;

/** Allows a burst of actions, and after that one action per interval. Not thread-safe. */
public final class TokenBucket {

    private final int burst;
    private final Duration interval;
    /** When the bucket is full again; each action moves it by one interval. */
    private Instant full = Instant.MIN;

    /**
     * @param burst number of actions that a full bucket allows at once
     * @param interval time in which one more action becomes possible
     */
    public TokenBucket(int burst, Duration interval) {
        this.burst = burst;
        this.interval = interval;
    }

    /** Takes a token if there is one. */
    public boolean tryTake(Instant now) {
        if (!wait(now).isZero()) {
            return false;
        }
        full = (full.isBefore(now) ? now : full).plus(interval);
        return true;
    }

    /** Time until there is a token; zero if there is one. */
    public Duration wait(Instant now) {
        Instant possible = full.isBefore(now) ? now : full.minus(interval.multipliedBy(burst - 1L));
        return possible.isAfter(now) ? Duration.between(now, possible) : Duration.ZERO;
    }
}
