package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FilterInstancesTest {

    @TempDir
    Path directory;

    private FilterJars jars;
    private FilterInstances instances;

    @BeforeEach
    void open() {
        FilterDirectory.with(directory, "probed.jar", Probed.class);
        FilterDirectory.with(directory, "hanging.jar", HangingClass.class);
        FilterDirectory.with(directory, "failing.jar", FailingClass.class);
        jars = FilterJars.open(directory);
        instances = new FilterInstances(jars, Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws Exception {
        jars.close();
    }

    @Nested
    class Lifetime {

        @Test
        void lastsUntilLastDocumentReleasesIt() throws Exception {
            FilterInstance first = obtain(custom("one", Map.of("id", "lives")));
            FilterInstance second = obtain(custom("renamed", Map.of("id", "lives")));
            assertThat(second).isSameAs(first);

            first.release();
            assertThat(Probed.count("lives", "closed")).isZero();

            second.release();
            await().until(() -> Probed.count("lives", "closed") == 1);
            assertThat(Probed.count("lives", "configured")).isEqualTo(1);
        }

        @Test
        void isSeparateForEachConfiguration() throws Exception {
            FilterInstance first = obtain(custom("f", Map.of("id", "changes")));
            FilterInstance second = obtain(custom("f", Map.of("id", "changes", "more", "1")));

            assertThat(second).isNotSameAs(first);
            first.release();
            second.release();
        }

        @Test
        void startsAgainAfterClose() throws Exception {
            FilterInstance first = obtain(custom("f", Map.of("id", "again")));
            first.release();
            FilterInstance second = obtain(custom("f", Map.of("id", "again")));

            assertThat(second).isNotSameAs(first);
            assertThat(first.retain()).isFalse();
            second.release();
        }
    }

    @Nested
    class Configure {

        @Test
        void rejectionNamesFieldAndClosesFilter() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtain(custom("f", Map.of("id", "rejected", "reject", "option x is wrong"))))
                    .withMessage("option x is wrong")
                    .satisfies(rejection -> assertThat(rejection.field()).isEqualTo("config"));
            assertThat(Probed.count("rejected", "closed")).isEqualTo(1);
        }

        @Test
        void isInterruptedAfterTimeout() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtainSoon(custom("f", Map.of("id", "hangs", "hang", "yes"))))
                    .withMessage("the filter's configure did not return within PT10S");
            // configure returned after its interrupt, but too late: the filter is closed again.
            await().until(() -> Probed.count("hangs", "closed") == 1);
            await().until(() -> instances.stuck() == 0);
        }

        @Test
        void isCountedWhileItIgnoresInterrupt() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtainSoon(custom("f", Map.of("id", "stubborn", "stubborn", "yes"))));
            assertThat(instances.stuck()).isEqualTo(1);

            Probed.release("stubborn");
            await().until(() -> Probed.count("stubborn", "closed") == 1);
            await().until(() -> instances.stuck() == 0);
        }

        @Test
        void isSkippedWhenTimeOfDocumentIsUsedUp() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> instances.obtain(custom("f", Map.of("id", "late")), System.nanoTime()))
                    .withMessage(
                            "the filters before it used up the PT10S that all filters of a document have to configure");
            assertThat(Probed.count("late", "configured")).isZero();
        }
    }

    @Nested
    class ClassLoading {

        @Test
        @Timeout(60)
        void givesUpOnHangingInitializer() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtainSoon(new RuleFilter.Custom("f", HangingClass.class.getName(), Map.of())))
                    .withMessage("the filter's configure did not return within PT10S");
        }

        @Test
        void reportsFailingInitializer() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtain(new RuleFilter.Custom("f", FailingClass.class.getName(), Map.of())))
                    .withMessageStartingWith(
                            "class " + FailingClass.class.getName() + " cannot be loaded from jar failing: ")
                    .satisfies(rejection -> assertThat(rejection.field()).isEqualTo("className"));
        }

        @Test
        void reportsMissingClass() {
            assertThatExceptionOfType(FilterRejectedException.class)
                    .isThrownBy(() -> obtain(new RuleFilter.Custom("f", "com.example.Missing", Map.of())))
                    .satisfies(rejection -> assertThat(rejection.field()).isEqualTo("className"));
        }
    }

    /** Hangs in its static initializer until it is interrupted. */
    public static final class HangingClass implements ProxyFilter {

        static {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public FilterResult handle(FilterContext context) {
            return FilterResult.NEXT;
        }
    }

    /** Fails in its static initializer. */
    public static final class FailingClass implements ProxyFilter {

        private static final int NUMBER = Integer.parseInt("none");

        @Override
        public FilterResult handle(FilterContext context) {
            return FilterResult.respond(NUMBER, new byte[0]);
        }
    }

    private FilterInstance obtain(RuleFilter.Custom custom) throws FilterRejectedException {
        return instances.obtain(custom, System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
    }

    private FilterInstance obtainSoon(RuleFilter.Custom custom) throws FilterRejectedException {
        return instances.obtain(custom, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300));
    }

    private static RuleFilter.Custom custom(String name, Map<String, String> config) {
        return new RuleFilter.Custom(name, Probed.class.getName(), config);
    }
}
