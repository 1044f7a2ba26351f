package io.proxyroute.operator.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final TokenBucket bucket = new TokenBucket(3, Duration.ofSeconds(10));

    @Test
    void allowsBurstAndThenOnePerInterval() {
        assertThat(taken(T, 5)).isEqualTo(3);
        assertThat(bucket.wait(T)).hasSeconds(10);
        assertThat(taken(T.plusSeconds(9), 1)).isZero();
        assertThat(taken(T.plusSeconds(10), 2)).isEqualTo(1);
        assertThat(taken(T.plusSeconds(30), 5)).isEqualTo(2);
    }

    @Test
    void fillsUpToBurst() {
        taken(T, 3);

        assertThat(taken(T.plusSeconds(3600), 5)).isEqualTo(3);
    }

    private long taken(Instant now, int attempts) {
        return IntStream.range(0, attempts).filter(_ -> bucket.tryTake(now)).count();
    }
}
