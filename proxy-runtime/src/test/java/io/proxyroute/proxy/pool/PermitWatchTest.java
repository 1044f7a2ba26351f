package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PermitWatchTest {

    private int permits;
    private final PermitWatch watch = new PermitWatch(() -> permits);

    @Test
    void reportsDifferenceThatLasts() {
        permits = 3;
        watch.addHolder();
        checks(9);
        assertThat(watch.lost()).isZero();

        checks(1);

        assertThat(watch.lost()).isEqualTo(2);
    }

    @Test
    void ignoresDifferenceThatEnds() {
        permits = 1;
        checks(9);
        watch.addHolder();
        checks(1);
        watch.removeHolder();

        checks(9);

        assertThat(watch.lost()).isZero();
    }

    @Test
    void ignoresConnectionThatOutlivesItsPermit() {
        watch.addHolder();

        checks(20);

        assertThat(watch.lost()).isZero();
    }

    @Test
    void recoversWhenPermitsAreReleased() {
        permits = 1;
        checks(10);
        assertThat(watch.lost()).isOne();

        permits = 0;
        checks(1);

        assertThat(watch.lost()).isZero();
    }

    private void checks(int count) {
        for (int i = 0; i < count; i++) {
            watch.check();
        }
    }
}
