package io.proxyroute.operator.remediation.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.loop.PollSchedule.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A route without changes does not load the API server. */
class PollScheduleTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration POLL = Duration.ofSeconds(15);
    private static final Situation CALM = new Situation(1, "", Set.of());
    private static final Situation LEAK = new Situation(1, "a: The live set grows.", Set.of());

    private final PollSchedule schedule = new PollSchedule("uid");

    @Test
    void readsImmediatelyAfterChange() {
        assertThat(schedule.isDue(CALM, POLL, T)).as("the first look").isTrue();
        schedule.recordIdle(CALM, T);

        assertThat(schedule.isDue(LEAK, POLL, T.plusSeconds(15))).isTrue();
        assertThat(schedule.isDue(new Situation(2, "", Set.of()), POLL, T.plusSeconds(15)))
                .isTrue();
        assertThat(schedule.isDue(new Situation(1, "", Set.of("uid-a")), POLL, T.plusSeconds(15)))
                .isTrue();
    }

    @Test
    void readsOncePerMinuteWhileUnchanged() {
        schedule.recordIdle(LEAK, T);

        assertThat(schedule.isDue(LEAK, POLL, T.plusSeconds(45))).isFalse();
        assertThat(schedule.isDue(LEAK, POLL, T.plusSeconds(60))).isTrue();
        assertThat(schedule.isDue(LEAK, Duration.ofMinutes(5), T.plusSeconds(60)))
                .as("however rare the polls are")
                .isTrue();
        assertThat(schedule.isDue(LEAK, Duration.ofSeconds(1), T.plusSeconds(4)))
                .as("sooner where polls are frequent")
                .isTrue();
    }

    @Test
    void readsAgainAfterStep() {
        schedule.recordIdle(LEAK, T);
        schedule.pollImmediately();

        assertThat(schedule.isDue(LEAK, POLL, T.plusSeconds(1))).isTrue();
    }

    @Test
    void spreadsRoutesThatStartTogether() {
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> new PollSchedule("uid-" + i).secondIteration(POLL))
                        .distinct())
                .hasSizeGreaterThan(50)
                .allMatch(wait -> wait.compareTo(POLL) < 0);
        Instant soonest = T.plus(Duration.ofMinutes(7));
        Instant last = T.plus(Duration.ofMinutes(10));
        long dueHalfway = IntStream.range(0, 1000)
                .mapToObj(i -> new PollSchedule("uid-" + i))
                .peek(other -> other.recordIdle(CALM, T))
                .peek(other ->
                        assertThat(other.isDue(CALM, POLL, soonest)).as("idle").isFalse())
                .peek(other -> assertThat(other.isDue(CALM, POLL, last)).isTrue())
                .filter(other -> other.isDue(CALM, POLL, T.plusSeconds(525)))
                .count();
        assertThat(dueHalfway).isBetween(250L, 750L);
    }
}
