package io.proxyroute.operator.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(1));

    @Test
    void isOverBeforeFirstPause() {
        assertThat(backoff.isOver(T)).isTrue();
        assertThat(backoff.left(T)).isZero();
    }

    @Test
    void pausesGrowUpToLimit() {
        assertThat(backoff.start(T)).hasSeconds(1);
        assertThat(backoff.isOver(T.plusMillis(999))).isFalse();
        assertThat(backoff.left(T.plusMillis(400))).hasMillis(600);
        assertThat(backoff.isOver(T.plusSeconds(1))).isTrue();
        assertThat(backoff.start(T.plusSeconds(1))).hasSeconds(2);
        assertThat(backoff.start(T.plusSeconds(3))).hasSeconds(4);
        assertThat(backoff.start(T.plusSeconds(7))).hasSeconds(5);
        assertThat(backoff.start(T.plusSeconds(12))).hasSeconds(5);
    }

    @Test
    void startsAnewAfterQuietTime() {
        backoff.start(T);
        backoff.start(T.plusSeconds(1));

        assertThat(backoff.start(T.plusSeconds(63))).hasSeconds(4);
        assertThat(backoff.start(T.plusSeconds(128))).hasSeconds(1);
    }
}
