package io.proxyroute.operator.pace;

import java.time.Duration;
import java.time.Instant;

/**
 * Growing pauses between repetitions: each is twice as long as the one before, up to a limit. After a quiet time without a
 * repetition, the first pause comes again. Not thread-safe.
 */
public final class Backoff {

    private final Duration first;
    private final Duration last;
    private final Duration quiet;
    private Duration pause;
    private Instant until = Instant.MIN;

    /**
     * @param first first pause
     * @param last longest pause
     * @param quiet time after the end of a pause from which the next pause is the first again
     */
    public Backoff(Duration first, Duration last, Duration quiet) {
        this.first = first;
        this.last = last;
        this.quiet = quiet;
    }

    /** Whether the pause is over, or none was started. */
    public boolean isOver(Instant now) {
        return !now.isBefore(until);
    }

    /** Time until the pause is over; zero if it is. */
    public Duration left(Instant now) {
        return isOver(now) ? Duration.ZERO : Duration.between(now, until);
    }

    /** Starts the next pause, because something was just repeated. */
    public Duration start(Instant now) {
        boolean anew = pause == null || until.plus(quiet).isBefore(now);
        pause = anew ? first : shorter(pause.multipliedBy(2), last);
        until = now.plus(pause);
        return pause;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
