package io.proxyroute.operator.remediation.detection;

import static io.proxyroute.operator.remediation.detection.SampleTraces.COMPRESSED;
import static io.proxyroute.operator.remediation.detection.SampleTraces.MIB;
import static io.proxyroute.operator.remediation.detection.SampleTraces.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Action;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Bound;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import io.proxyroute.operator.remediation.loop.DefaultSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PodWatchTest {

    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Subject LEAK = Subject.leak(Signal.LIVE_SET);

    private static DetectionSettings settings(ThresholdRule... rules) {
        return new DetectionSettings(POLL, Duration.ofSeconds(8), List.of(rules), COMPRESSED);
    }

    private static ThresholdRule rule(Signal signal, Bound bound) {
        return new ThresholdRule("rule", signal, bound, Duration.ofSeconds(20), Action.REPLACE);
    }

    /** Feeds a sample every 2 s and returns the final diagnosis. */
    private static Diagnosis after(
            PodWatch watch, int samples, DetectionSettings settings, IntFunction<Snapshot> snapshots) {
        Diagnosis diagnosis = null;
        for (int i = 1; i <= samples; i++) {
            Snapshot snapshot = snapshots.apply(i);
            watch.add(new Sample(snapshot.takenAt(), snapshot), "spec", settings);
            diagnosis = watch.diagnose(snapshot.takenAt(), settings);
        }
        return diagnosis;
    }

    private static void add(
            PodWatch watch, int from, int to, DetectionSettings settings, IntFunction<Snapshot> snapshots) {
        IntStream.rangeClosed(from, to)
                .mapToObj(snapshots)
                .forEach(snapshot -> watch.add(new Sample(snapshot.takenAt(), snapshot), "spec", settings));
    }

    private static DetectionSettings production(ThresholdRule... rules) {
        DetectionSettings defaults = DefaultSettings.get().detection();
        return new DetectionSettings(defaults.pollInterval(), defaults.staleAfter(), List.of(rules), defaults.leak());
    }

    /** A snapshot every 15 s, with at most {@code last} live-set measurements, one every 5 min. */
    private static Snapshot measured(int i, int last, IntUnaryOperator percent) {
        Instant now = START.plusSeconds(15L * i);
        int measurement = Math.min(last, i / 20);
        Snapshot s = SampleTraces.snapshot(now, 30 * MIB, 20);
        LiveSetSample live = new LiveSetSample(
                START.plusSeconds(300L * measurement),
                (long) (SampleTraces.LIMIT * percent.applyAsInt(measurement) / 100),
                (long) SampleTraces.LIMIT,
                20,
                50,
                100,
                7);
        return new Snapshot(
                s.pod(),
                now,
                s.startedAt(),
                s.config(),
                s.state(),
                s.memory(),
                measurement == 0 ? null : live,
                s.threads(),
                s.traffic(),
                s.pools(),
                s.ledger());
    }

    private static Instant at(int sample) {
        return START.plus(POLL.multipliedBy(sample));
    }

    private static Snapshot calm(int i) {
        return SampleTraces.snapshot(at(i), 30 * MIB, 20);
    }

    @Nested
    class Thresholds {

        @Test
        void confirmsThresholdAfterItsDuration() {
            DetectionSettings settings = settings(rule(Signal.THREADS, new Above(100)));
            IntFunction<Snapshot> many = i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 150, 0, List.of());

            assertThat(after(new PodWatch("uid"), 9, settings, many).health()).isEqualTo(Health.SUSPECT);
            assertThat(after(new PodWatch("uid"), 11, settings, many).health()).isEqualTo(Health.CONFIRMED);
        }

        @Test
        void readingBelowThresholdInterruptsBreach() {
            DetectionSettings settings = settings(rule(Signal.THREADS, new Above(100)));
            Diagnosis diagnosis = after(
                    new PodWatch("uid"),
                    16,
                    settings,
                    i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, i == 10 ? 90 : 150, 0, List.of()));

            assertThat(diagnosis.health()).isEqualTo(Health.SUSPECT);
        }

        @Test
        void heapAndLiveSetArePercentOfLimit() {
            DetectionSettings settings = settings(rule(Signal.LIVE_SET, new Above(50)));

            assertThat(after(new PodWatch("uid"), 12, settings, i -> SampleTraces.snapshot(at(i), 47 * MIB, 20))
                            .health())
                    .isEqualTo(Health.HEALTHY);
            Diagnosis diagnosis =
                    after(new PodWatch("uid"), 12, settings, i -> SampleTraces.snapshot(at(i), 49 * MIB, 20));
            assertThat(diagnosis.health()).isEqualTo(Health.CONFIRMED);
            assertThat(diagnosis.findings().getFirst().message())
                    .isEqualTo("Live set: 51% for 22 s; threshold rule is 50%");
        }

        /** The proxy repeats its newest measurement in each snapshot, so repeated ones must not count. */
        @Test
        void liveSetThresholdNeedsThreeMeasurements() {
            DetectionSettings settings = production(rule(Signal.LIVE_SET, new Above(50)));
            IntFunction<Snapshot> full = i -> measured(i, Integer.MAX_VALUE, _ -> 60);

            assertThat(after(new PodWatch("uid"), 59, settings, full).health()).isEqualTo(Health.SUSPECT);
            assertThat(after(new PodWatch("uid"), 60, settings, full))
                    .returns(Health.CONFIRMED, Diagnosis::health)
                    .returns(
                            "Live set: 60% for 10 min; threshold rule is 50%",
                            diagnosis -> diagnosis.findings().getFirst().message());
        }

        @Test
        void confirmsGrowthOfLiveSet() {
            DetectionSettings settings = production(rule(Signal.LIVE_SET, new GrowingPerMinute(0.3)));

            assertThat(after(new PodWatch("uid"), 60, settings, i -> measured(i, 9, m -> 10 + 2 * m))
                            .findings())
                    .singleElement()
                    .isInstanceOfSatisfying(Finding.Breach.class, breach -> {
                        assertThat(breach.sustained()).isTrue();
                        assertThat(breach.value()).isCloseTo(0.4, within(0.01));
                    });
            assertThat(after(new PodWatch("uid"), 60, settings, i -> measured(i, 9, m -> m < 3 ? 10 : 30))
                            .findings())
                    .as("a jump")
                    .isEmpty();
        }

        @Test
        void thresholdMayBeLongerThanRetention() {
            Duration time = Duration.ofHours(3);
            ThresholdRule above = new ThresholdRule("above", Signal.THREADS, new Above(100), time, Action.REPLACE);
            ThresholdRule growing =
                    new ThresholdRule("growing", Signal.VIRTUAL_THREADS, new GrowingPerMinute(1), time, Action.REPLACE);
            DetectionSettings settings = settings(above, growing);
            IntFunction<Snapshot> snapshots = i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 150, i / 10, List.of());
            PodWatch watch = new PodWatch("uid");
            after(watch, 1, settings, snapshots);
            add(watch, 2, 5400, settings, snapshots);
            assertThat(watch.diagnose(at(5400), settings).findings())
                    .filteredOn(Finding.Breach.class::isInstance)
                    .hasSize(2)
                    .noneMatch(finding -> ((Finding.Breach) finding).sustained());

            add(watch, 5401, 5402, settings, snapshots);

            assertThat(watch.diagnose(at(5402), settings).findings())
                    .filteredOn(Finding.Breach.class::isInstance)
                    .hasSize(2)
                    .allMatch(finding -> ((Finding.Breach) finding).sustained());
        }

        @Test
        void newThresholdReadsHistory() {
            IntFunction<Snapshot> many = i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 150, 0, List.of());
            PodWatch watch = new PodWatch("uid");
            after(watch, 20, settings(), many);

            assertThat(watch.diagnose(at(20), settings(rule(Signal.THREADS, new Above(100))))
                            .health())
                    .isEqualTo(Health.CONFIRMED);
        }

        @Test
        void growthThresholdIgnoresJump() {
            DetectionSettings settings = settings(rule(Signal.VIRTUAL_THREADS, new GrowingPerMinute(100)));

            assertThat(after(
                                    new PodWatch("uid"),
                                    12,
                                    settings,
                                    i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 20, i * 5, List.of()))
                            .health())
                    .isEqualTo(Health.CONFIRMED);
            assertThat(after(
                                    new PodWatch("uid"),
                                    12,
                                    settings,
                                    i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 20, i < 8 ? 0 : 500, List.of()))
                            .findings())
                    .isEmpty();
        }
    }

    @Nested
    class FreshnessOfMeasurements {

        @Test
        void staleLiveSetIsNotBreach() {
            DetectionSettings settings = production(rule(Signal.LIVE_SET, new Above(50)));

            assertThat(after(new PodWatch("uid"), 140, settings, i -> measured(i, 1, _ -> 60))
                            .findings())
                    .isEmpty();
            assertThat(after(new PodWatch("uid"), 140, settings, i -> measured(i, 3, _ -> 60))
                            .health())
                    .isEqualTo(Health.CONFIRMED);
            assertThat(after(new PodWatch("uid"), 145, settings, i -> measured(i, 3, _ -> 60))
                            .findings())
                    .isEmpty();
        }

        @Test
        void unmeasuredLiveSetIsUnknown() {
            DetectionSettings settings = production(rule(Signal.THREADS, new Above(100)));

            assertThat(after(new PodWatch("uid"), 70, settings, i -> measured(i, 0, _ -> 10))
                            .health())
                    .as("not yet, after the warm-up")
                    .isEqualTo(Health.WARMING_UP);
            assertThat(after(new PodWatch("uid"), 145, settings, i -> measured(i, 0, _ -> 10)))
                    .as("never")
                    .returns(Health.UNKNOWN, Diagnosis::health)
                    .returns(false, diagnosis -> diagnosis.isKnown(LEAK))
                    .returns(0, diagnosis -> diagnosis.cleanSamples(LEAK))
                    .satisfies(diagnosis -> assertThat(diagnosis.cleanSamples(new Subject(Signal.THREADS, "rule")))
                            .as("what is measured")
                            .isPositive());
            assertThat(after(new PodWatch("uid"), 145, settings, i -> measured(i, 3, _ -> 10))
                            .health())
                    .as("no longer")
                    .isEqualTo(Health.UNKNOWN);
            assertThat(after(new PodWatch("uid"), 145, settings, i -> measured(i, 9, _ -> 10))
                            .health())
                    .isEqualTo(Health.HEALTHY);
        }

        @Test
        void measurementDuringWarmUpDoesNotCount() {
            assertThat(after(new PodWatch("uid"), 70, production(), i -> measured(i, 2, _ -> 10)))
                    .returns(Health.HEALTHY, Diagnosis::health)
                    .returns(true, diagnosis -> diagnosis.isKnown(LEAK))
                    .returns(0, diagnosis -> diagnosis.cleanSamples(LEAK));
            assertThat(after(new PodWatch("uid"), 70, production(), i -> measured(i, 3, _ -> 10))
                            .cleanSamples(LEAK))
                    .isPositive();
        }

        @Test
        void staleSamplesAreUnknown() {
            PodWatch watch = new PodWatch("uid");
            DetectionSettings settings = settings(rule(Signal.THREADS, new Above(1)));
            after(watch, 30, settings, PodWatchTest::calm);

            Diagnosis late = watch.diagnose(at(30).plusSeconds(9), settings);

            assertThat(late.health()).isEqualTo(Health.UNKNOWN);
            assertThat(late.findings()).isEmpty();
        }

        @Test
        void dropsSamplesOfAnotherPod() {
            PodWatch watch = new PodWatch("another");

            assertThat(after(watch, 30, settings(), PodWatchTest::calm).health())
                    .isEqualTo(Health.UNKNOWN);
        }
    }

    @Nested
    class Leaks {

        /** As after hours without a poll. */
        @Test
        void ignoresOldEvaluations() {
            IntFunction<Snapshot> leaking = i -> SampleTraces.snapshot(at(i), (20 + i) * MIB, 20);
            PodWatch watch = new PodWatch("uid");
            assertThat(after(watch, 45, settings(), leaking).health()).isEqualTo(Health.CONFIRMED);

            Snapshot late = SampleTraces.snapshot(START.plus(Duration.ofHours(3)), 66 * MIB, 20);
            watch.add(new Sample(late.takenAt(), late), "spec", settings());

            assertThat(watch.diagnose(late.takenAt(), settings()).health()).isNotEqualTo(Health.CONFIRMED);
        }

        @Test
        void reportsAccumulatingVirtualThreads() {
            Diagnosis diagnosis = after(
                    new PodWatch("uid"),
                    60,
                    settings(),
                    i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 20, i * 60, List.of()));

            assertThat(diagnosis.health()).isEqualTo(Health.CONFIRMED);
            assertThat(diagnosis.findings().getFirst().message())
                    .startsWith("Growth of virtual threads: 1800 threads per minute");
        }

        /** Netty's limit is far away, but the filter's buffers fail at the JDK's limit. */
        @Test
        void confirmsFastLeakOfDirectBuffersBeforeLimit() {
            int full = 60;
            int confirmed = IntStream.range(1, full)
                    .filter(samples -> after(
                                    new PodWatch("uid"),
                                    samples,
                                    settings(),
                                    i -> withDirect(calm(i), 16 * MIB, SampleTraces.JDK_DIRECT_LIMIT * i / full))
                            .health()
                            .equals(Health.CONFIRMED))
                    .findFirst()
                    .orElse(full);

            assertThat(confirmed).isLessThan(full * 2 / 3);
            assertThat(after(
                                    new PodWatch("uid"),
                                    confirmed,
                                    settings(),
                                    i -> withDirect(calm(i), 16 * MIB, SampleTraces.JDK_DIRECT_LIMIT * i / full))
                            .findings()
                            .getFirst()
                            .message())
                    .startsWith("Growth of the JDK's direct memory: 30 MiB per minute")
                    .contains("it reaches its limit of 60 MiB in");
        }

        @Test
        void ignoresBuffersOfOpenExchanges() {
            Diagnosis diagnosis = after(new PodWatch("uid"), 60, settings(), i -> {
                long held = (long) (MIB * i);
                Snapshot s = withDirect(calm(i), 16 * MIB + held, 0);
                LedgerSummary ledger = new LedgerSummary(i, 0, i, held, 0, 0, 0, 0, List.of());
                return with(s, s.memory(), ledger);
            });

            assertThat(diagnosis.health()).isEqualTo(Health.HEALTHY);
        }

        @Test
        void loadThatStartsWithLeakDoesNotExplainIt() {
            Diagnosis diagnosis = after(new PodWatch("uid"), 45, settings(), i -> {
                double growth = 1.2 * Math.max(0, i - 8);
                return SampleTraces.snapshot(at(i), (20 + growth) * MIB, i < 8 ? 0 : 40);
            });

            assertThat(diagnosis.health()).isEqualTo(Health.CONFIRMED);
        }
    }

    private static Snapshot withDirect(Snapshot s, double netty, double jdk) {
        Snapshot.Memory memory = s.memory();
        return with(
                s,
                new Snapshot.Memory(
                        memory.heapUsedBytes(),
                        memory.heapCommittedBytes(),
                        memory.heapMaxBytes(),
                        new Snapshot.DirectMemory(
                                (long) netty, memory.nettyDirect().maxBytes()),
                        new Snapshot.DirectMemory((long) jdk, memory.jdkDirect().maxBytes()),
                        memory.residentBytes(),
                        memory.limitBytes()),
                s.ledger());
    }

    private static Snapshot with(Snapshot s, Snapshot.Memory memory, LedgerSummary ledger) {
        return new Snapshot(
                s.pod(),
                s.takenAt(),
                s.startedAt(),
                s.config(),
                s.state(),
                memory,
                s.liveSet(),
                s.threads(),
                s.traffic(),
                s.pools(),
                ledger);
    }

    @Nested
    class StartOfAHistory {

        @Test
        void newSpecificationStartsNewHistory() {
            PodWatch watch = new PodWatch("uid");
            IntFunction<Snapshot> leaking = i -> SampleTraces.snapshot(at(i), (20 + i) * MIB, 20);
            assertThat(after(watch, 45, settings(), leaking).health()).isEqualTo(Health.CONFIRMED);

            Snapshot next = leaking.apply(46);
            watch.add(new Sample(next.takenAt(), next), "another spec", settings());

            assertThat(watch.diagnose(next.takenAt(), settings()).health()).isEqualTo(Health.WARMING_UP);
            assertThat(watch.liveSet()).hasSizeLessThanOrEqualTo(1);
        }

        /** Only the proxy knows what happened before this operator started. */
        @Test
        void earlierSpecificationChangeStartsNewHistory() {
            Instant changed = START.plusSeconds(300);
            IntFunction<Snapshot> snapshots = i -> configured(calm(i), changed);
            PodWatch watch = new PodWatch("uid");
            add(watch, 151, 155, settings(), snapshots);
            watch.backfill(new LiveSetHistory(List.of(new LiveSetHistory.Process(
                    START,
                    IntStream.range(1, 150)
                            .mapToObj(i -> snapshots.apply(i).liveSet())
                            .toList()))));

            assertThat(watch.diagnose(at(155), settings()).health()).isEqualTo(Health.WARMING_UP);
            assertThat(watch.liveSet()).isNotEmpty().allSatisfy(point -> assertThat(point.at())
                    .isAfter(changed));
        }

        @Test
        void configDuringWarmUpStartsNoNewHistory() {
            PodWatch watch = new PodWatch("uid");
            add(watch, 10, 10, settings(), i -> configured(calm(i), START.plusSeconds(12)));

            assertThat(watch.diagnose(at(10), settings()).health()).isEqualTo(Health.HEALTHY);
        }
    }

    private static Snapshot configured(Snapshot s, Instant appliedAt) {
        return new Snapshot(
                s.pod(),
                s.takenAt(),
                s.startedAt(),
                new Snapshot.AppliedConfig("hash", 2, appliedAt, 1),
                s.state(),
                s.memory(),
                s.liveSet(),
                s.threads(),
                s.traffic(),
                s.pools(),
                s.ledger());
    }

    @Nested
    class CleanSamples {

        @Test
        void countsCleanSamplesAfterWarmUp() {
            assertThat(after(new PodWatch("uid"), 7, settings(), PodWatchTest::calm))
                    .returns(Health.WARMING_UP, Diagnosis::health)
                    .returns(0, diagnosis -> diagnosis.cleanSamples(LEAK));
            assertThat(after(new PodWatch("uid"), 10, settings(), PodWatchTest::calm))
                    .returns(Health.HEALTHY, Diagnosis::health)
                    .returns(3, diagnosis -> diagnosis.cleanSamples(LEAK));
        }

        @Test
        void countsCleanSamplesPerSubject() {
            ThresholdRule rule = rule(Signal.THREADS, new Above(100));

            assertThat(after(
                            new PodWatch("uid"),
                            10,
                            settings(rule),
                            i -> SampleTraces.snapshot(at(i), 30 * MIB, 20, 150, 0, List.of())))
                    .returns(3, diagnosis -> diagnosis.cleanSamples(LEAK))
                    .returns(0, diagnosis -> diagnosis.cleanSamples(Subject.of(rule)));
        }
    }

    @Test
    void reclaimableLeakDoesNotAffectHealth() {
        LeakSite site = new LeakSite(
                ResourceKind.RESPONSE_BODY, "UnclosedBody", "UnclosedBody.java:40", "shop", 7, 7, START, START, "id");
        Diagnosis diagnosis = after(new PodWatch("uid"), 20, settings(), i -> {
            Snapshot s = calm(i);
            LedgerSummary ledger = new LedgerSummary(0, 0, 0, 0, 0, 7, 7, 0, List.of(site));
            return with(s, s.memory(), ledger);
        });

        assertThat(diagnosis.health()).isEqualTo(Health.HEALTHY);
        assertThat(diagnosis.findings().getFirst().message())
                .isEqualTo(
                        "Filter UnclosedBody leaked a response body 7 times at UnclosedBody.java:40 (backend shop), 7 of them reclaimed");
    }

    @Nested
    class SlowBackends {

        @Test
        void slowBackendExplainsWaitersButNotLiveSet() {
            Diagnosis diagnosis = after(
                    new PodWatch("uid"),
                    45,
                    settings(),
                    i -> SampleTraces.snapshot(
                            at(i),
                            (20 + i) * MIB,
                            20,
                            20,
                            0,
                            List.of(pool("sick", 2 + i / 4, i < 20 ? 2 : 900, 20), pool("well", 2, 2, 20))));

            assertThat(diagnosis.isExplained(Signal.VIRTUAL_THREADS)).isTrue();
            assertThat(diagnosis.isExplained(Signal.LIVE_SET)).isFalse();
        }

        /** With enough connections, requests wait for the response and not for a connection. */
        @Test
        void slowResponsesExplainWaitingConnections() {
            DetectionSettings settings = settings(rule(Signal.CONNECTIONS, new Above(40)));
            IntFunction<Snapshot> slowFromTheMiddle = i -> SampleTraces.snapshot(
                    at(i),
                    30 * MIB,
                    20,
                    20,
                    0,
                    List.of(pool("sick", 2 + i / 4, 0, i < 20 ? 20 : 900), pool("well", 2, 0, 20)));
            IntFunction<Snapshot> slowAllTheTime = i -> SampleTraces.snapshot(
                    at(i), 30 * MIB, 20, 20, 0, List.of(pool("sick", 2 + i / 4, 0, 900), pool("well", 2, 0, 20)));

            assertThat(after(new PodWatch("uid"), 45, settings, slowFromTheMiddle)
                            .isExplained(Signal.CONNECTIONS))
                    .isTrue();
            assertThat(after(new PodWatch("uid"), 45, settings, slowAllTheTime).isExplained(Signal.CONNECTIONS))
                    .isFalse();
        }
    }

    private static PoolUsage pool(String backend, int active, double wait, double answer) {
        return new PoolUsage(backend, 1, active, 1, 0, 20, active, 100, 0, 0, 0, wait, answer);
    }
}
