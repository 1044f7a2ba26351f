package io.proxyroute.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs on a real event loop, which drives the wheel. */
class DeadlineWheelTest {

    private final EventLoops loops = new EventLoops(Transport.available(), 1);
    private final DeadlineWheel wheel = loops.wheel(0);
    private final List<String> reached = new ArrayList<>();

    @AfterEach
    void stop() {
        loops.close();
    }

    private Deadline named(String name, Runnable action) {
        return new Deadline() {
            @Override
            protected void onExpired() {
                reached.add(name);
                action.run();
            }
        };
    }

    private void onLoop(Runnable action) {
        CompletableFuture.runAsync(action, loops.all().getFirst()).join();
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void reachesDeadlinesInOrderAndNeverEarly() throws Exception {
        CountDownLatch all = new CountDownLatch(3);
        List<Long> late = new ArrayList<>();
        onLoop(() -> {
            for (int delay : new int[] {300, 30, 120}) {
                long at = wheel.nanoTime() + millis(delay);
                wheel.arm(
                        named("" + delay, () -> {
                            late.add(wheel.nanoTime() - at);
                            all.countDown();
                        }),
                        at);
            }
        });
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        onLoop(() -> {
            assertThat(reached).containsExactly("30", "120", "300");
            assertThat(late).allMatch(nanos -> nanos >= 0);
            assertThat(wheel.armedCount()).isZero();
        });
    }

    @Test
    void doesNotReachCancelledDeadlines() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        onLoop(() -> {
            Deadline cancelled = named("cancelled", () -> {});
            wheel.armIn(cancelled, millis(20));
            wheel.armIn(named("end", end::countDown), millis(100));
            assertThat(wheel.armedCount()).isEqualTo(2);
            cancelled.cancel();
            cancelled.cancel();
            assertThat(wheel.armedCount()).isEqualTo(1);
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        onLoop(() -> assertThat(reached).containsExactly("end"));
    }

    @Test
    void dueDeadlineCanCancelAnotherDueOne() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        onLoop(() -> {
            Deadline second = named("second", () -> {});
            Deadline first = named("first", second::cancel);
            long at = wheel.nanoTime() + millis(20);
            wheel.arm(first, at);
            wheel.arm(second, at);
            wheel.armIn(named("end", end::countDown), millis(100));
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        onLoop(() -> assertThat(reached).containsExactly("first", "end"));
    }

    @Test
    void deadlineCanRearmItselfAndFailuresAreIsolated() throws Exception {
        CountDownLatch end = new CountDownLatch(3);
        onLoop(() -> {
            wheel.armIn(
                    named("fails", () -> {
                        throw new IllegalStateException("on purpose");
                    }),
                    millis(10));
            wheel.armIn(
                    new Deadline() {
                        @Override
                        protected void onExpired() {
                            end.countDown();
                            if (end.getCount() > 0) {
                                DeadlineWheelTest.this.wheel.armIn(this, 0);
                            }
                        }
                    },
                    millis(10));
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        onLoop(() -> assertThat(wheel.armedCount()).isZero());
    }

    @Test
    void rearmingMovesDeadline() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        onLoop(() -> {
            Deadline moved = named("moved", () -> {});
            wheel.armIn(moved, TimeUnit.HOURS.toNanos(1));
            wheel.armIn(moved, millis(20));
            assertThat(wheel.armedCount()).isEqualTo(1);
            wheel.armIn(named("end", end::countDown), millis(100));
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        onLoop(() -> assertThat(reached).containsExactly("moved", "end"));
    }
}
