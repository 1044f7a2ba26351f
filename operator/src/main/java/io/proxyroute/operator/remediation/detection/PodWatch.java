package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the samples of one pod and diagnoses it. A new process in the pod, or a change of the route's own
 * specification, starts a new history: earlier samples do not count. Used by one thread at a time.
 */
public final class PodWatch {

    private final String podUid;
    private final Map<ThresholdWatch.Criteria, ThresholdWatch> thresholds = new HashMap<>();
    private final Map<Signal, EvaluationWindow> evaluations = new EnumMap<>(Signal.class);
    private final CleanSampleStreak cleanSamples = new CleanSampleStreak();
    private ProcessHistory history;
    private String specKey;

    /** @param podUid samples of other pods are dropped */
    public PodWatch(String podUid) {
        this.podUid = podUid;
    }

    /**
     * Adds a sample; one of another pod, or not newer than the last, is dropped.
     *
     * @param specKey changes if and only if the route's own specification changes
     */
    public void add(Sample sample, String specKey, DetectionSettings settings) {
        Snapshot snapshot = sample.snapshot();
        if (!podUid.equals(snapshot.pod().podUid())) {
            return;
        }
        if (history == null) {
            startHistory(snapshot.startedAt(), firstSeen(snapshot, settings));
        } else if (!history.isOf(snapshot.startedAt())) {
            startHistory(snapshot.startedAt(), snapshot.startedAt());
        } else if (!specKey.equals(this.specKey)) {
            startHistory(snapshot.startedAt(), snapshot.takenAt());
        } else if (!snapshot.takenAt().isAfter(history.newest().snapshot().takenAt())) {
            return;
        }
        this.specKey = specKey;
        Reading reading = Reading.of(snapshot);
        history.add(sample, reading, settings);
        thresholds.values().forEach(watch -> addReading(watch, reading));
        history.newestLiveSet(settings.leak()).ifPresent(point -> {
            history.series(Signal.LIVE_SET).add(point);
            thresholds.values().forEach(watch -> addLiveSet(watch, point));
        });
    }

    /**
     * Adds the live-set history that the proxy keeps, after a restart of the operator. A history of another process
     * is ignored.
     */
    public void backfill(LiveSetHistory recorded) {
        if (history == null
                || recorded.processes().isEmpty()
                || !history.isOf(recorded.processes().getLast().startedAt())) {
            return;
        }
        history.backfillLiveSet(recorded.processes().getLast().samples());
        thresholds.keySet().removeIf(criteria -> criteria.rule().signal() == Signal.LIVE_SET);
    }

    /** The live set over the current history, oldest first. */
    public List<Point> liveSet() {
        return history == null ? List.of() : history.series(Signal.LIVE_SET).all();
    }

    /** The newest sample; empty before the first. */
    public Optional<Sample> newest() {
        return Optional.ofNullable(history).map(ProcessHistory::newest);
    }

    /** Diagnoses the pod. The leak test runs no more often than its settings say. */
    public Diagnosis diagnose(Instant now, DetectionSettings settings) {
        if (history == null) {
            return Diagnosis.unknown(podUid, now);
        }
        Freshness freshness = new Freshness(history, settings);
        if (freshness.isStale(now)) {
            return Diagnosis.unknown(podUid, now);
        }
        List<Finding> findings = new ArrayList<>();
        Map<Subject, Boolean> clean = new HashMap<>();
        checkThresholds(settings, freshness, findings, clean);
        if (settings.leak().enabled()) {
            checkLeaks(settings.leak(), freshness, findings, clean);
        }
        Health health = health(findings, freshness);
        Snapshot newest = history.newest().snapshot();
        Map<Subject, Integer> streaks = cleanSamples.update(newest.takenAt(), clean);
        if (health == Health.SUSPECT || health == Health.CONFIRMED) {
            SlowBackendCheck.of(history.readings()).ifPresent(findings::add);
        }
        if (newest.ledger() != null) {
            newest.ledger().offenders().forEach(site -> findings.add(new Finding.Reclaimable(site)));
        }
        return new Diagnosis(podUid, now, health, streaks, findings);
    }

    private void checkThresholds(
            DetectionSettings settings, Freshness freshness, List<Finding> findings, Map<Subject, Boolean> clean) {
        List<ThresholdWatch.Criteria> allCriteria =
                settings.thresholds().stream().map(settings::criteria).toList();
        thresholds.keySet().retainAll(allCriteria);
        for (ThresholdWatch.Criteria criteria : allCriteria) {
            ThresholdWatch watch = thresholds.computeIfAbsent(criteria, this::watchFromHistory);
            Signal signal = criteria.rule().signal();
            boolean known = freshness.isKnown(signal);
            Optional<Finding.Breach> breach = known || signal != Signal.LIVE_SET ? watch.breach() : Optional.empty();
            breach.ifPresent(findings::add);
            if (known || breach.isPresent()) {
                boolean counts = freshness.isWarm() && freshness.isMeasuredWarm(signal);
                clean.put(Subject.of(criteria.rule()), breach.isEmpty() && counts);
            }
        }
    }

    private void checkLeaks(
            LeakSettings settings, Freshness freshness, List<Finding> findings, Map<Subject, Boolean> clean) {
        for (Signal signal : ProcessHistory.LEAK_SIGNALS) {
            if (freshness.isSeriesStale(signal)) {
                evaluations.get(signal).clear();
                continue;
            }
            Optional<Finding> leak = freshness.isWarm()
                    ? evaluations
                            .get(signal)
                            .evaluate(
                                    signal,
                                    history.series(signal).since(history.warmFrom(settings)),
                                    limit(signal, settings),
                                    settings)
                    : Optional.empty();
            leak.ifPresent(findings::add);
            boolean counts = freshness.isWarm() && freshness.isMeasuredWarm(signal);
            clean.put(Subject.leak(signal), leak.isEmpty() && counts);
        }
    }

    /** Without findings, a pod whose live set is needed but not measured is unknown, not healthy. */
    private static Health health(List<Finding> findings, Freshness freshness) {
        if (findings.stream().anyMatch(Finding::confirmed)) {
            return Health.CONFIRMED;
        }
        if (!findings.isEmpty()) {
            return Health.SUSPECT;
        }
        boolean liveSetMissing = freshness.isLiveSetMissing();
        if (!freshness.isWarm() || liveSetMissing && freshness.isTooYoungForLiveSet()) {
            return Health.WARMING_UP;
        }
        return liveSetMissing ? Health.UNKNOWN : Health.HEALTHY;
    }

    private double limit(Signal signal, LeakSettings settings) {
        return switch (signal) {
            case VIRTUAL_THREADS -> settings.threadLimits().virtual();
            case THREADS -> settings.threadLimits().platform();
            default -> signal.limitIn(history.newest().snapshot());
        };
    }

    /** A watch for a new threshold, which starts with all recent values. */
    private ThresholdWatch watchFromHistory(ThresholdWatch.Criteria criteria) {
        ThresholdWatch watch = ThresholdWatch.of(criteria);
        history.readings().forEach(reading -> addReading(watch, reading));
        history.series(Signal.LIVE_SET).all().forEach(point -> addLiveSet(watch, point));
        return watch;
    }

    private static void addReading(ThresholdWatch watch, Reading reading) {
        ThresholdRule rule = watch.criteria().rule();
        Signal signal = rule.signal();
        if (signal != Signal.LIVE_SET) {
            watch.add(reading.at(), rule.inUnit(reading.value(signal), reading.limit(signal)));
        }
    }

    /** The proxy repeats its newest measurement in each snapshot; the watch drops repeated ones. */
    private void addLiveSet(ThresholdWatch watch, Point point) {
        ThresholdRule rule = watch.criteria().rule();
        if (rule.signal() == Signal.LIVE_SET) {
            double limit = Signal.LIVE_SET.limitIn(history.newest().snapshot());
            watch.add(point.at(), rule.inUnit(point.value(), limit));
        }
    }

    /**
     * Start of the history of a process that is new to this operator. A previous operator may have restarted the
     * history when the specification changed; the process remembers only when its newest configuration was applied. A
     * configuration applied during the warm-up counts as the one it started with.
     */
    private static Instant firstSeen(Snapshot snapshot, DetectionSettings settings) {
        Instant warm = snapshot.startedAt().plus(settings.leak().warmUp());
        Instant applied = snapshot.config().appliedAt();
        return applied.isAfter(warm) ? applied : snapshot.startedAt();
    }

    private void startHistory(Instant processStartedAt, Instant startsAt) {
        history = new ProcessHistory(processStartedAt, startsAt);
        thresholds.clear();
        cleanSamples.clear();
        ProcessHistory.LEAK_SIGNALS.forEach(signal -> evaluations.put(signal, new EvaluationWindow()));
    }
}
