package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of one pod, and what follows from it. A new process in the pod, or a change of the route's own
 * specification, begins a new life: nothing of the old one counts. Used by one thread at a time.
 */
public final class PodWatch {

    private static final int MAX_READINGS = 4096;
    private static final int STALE_IN_MEASUREMENTS = 4;
    private static final List<Signal> LEAK_SIGNALS = List.of(
            Signal.LIVE_SET,
            Signal.NETTY_DIRECT_MEMORY,
            Signal.JDK_DIRECT_MEMORY,
            Signal.VIRTUAL_THREADS,
            Signal.THREADS);

    private final String podUid;
    private final Deque<Reading> readings = new ArrayDeque<>();
    private final Map<Signal, Series> series = new EnumMap<>(Signal.class);
    private final Map<Signal, Verdicts> verdicts = new EnumMap<>(Signal.class);
    private final Map<ThresholdWatch.Terms, ThresholdWatch> thresholds = new HashMap<>();
    private Instant startedAt;
    private Instant lifeFrom;
    private String specKey;
    private Sample newest;
    private WindowMinimum trough;
    private final CleanSampleStreak goodSamples = new CleanSampleStreak();

    /**
     * @param podUid the only pod whose samples are taken
     */
    public PodWatch(String podUid) {
        this.podUid = podUid;
        startLife(null, null);
    }

    /**
     * Takes a sample; one of another pod, or older than the newest, is dropped.
     *
     * @param specKey changes when the route's own specification does, and with nothing else
     */
    public void add(Sample sample, String specKey, DetectionSettings settings) {
        Snapshot snapshot = sample.snapshot();
        if (!podUid.equals(snapshot.pod().podUid())) {
            return;
        }
        Reading reading = Reading.of(snapshot);
        if (!snapshot.startedAt().equals(startedAt)) {
            startLife(snapshot.startedAt(), startedAt == null ? firstSeen(snapshot, settings) : snapshot.startedAt());
        } else if (!specKey.equals(this.specKey)) {
            startLife(snapshot.startedAt(), snapshot.takenAt());
        } else if (!snapshot.takenAt().isAfter(newest.snapshot().takenAt())) {
            return;
        }
        this.specKey = specKey;
        newest = sample;
        readings.addLast(reading);
        thresholds.values().forEach(watch -> take(watch, reading));
        Instant oldest = snapshot.takenAt().minus(settings.memory());
        while (readings.size() > MAX_READINGS || readings.getFirst().at().isBefore(oldest)) {
            readings.removeFirst();
        }
        if (snapshot.liveSet() != null) {
            addLiveSet(snapshot.liveSet(), recentLoad(settings.leak()).orElseGet(() -> loadOf(snapshot.liveSet())));
        }
        Load load = recentLoad(settings.leak()).orElseGet(() -> loadOf(snapshot.traffic()));
        trough = WindowMinimum.extended(trough, snapshot, load, settings.leak().samplingInterval());
        if (trough.isWhole()) {
            trough.points().forEach((signal, point) -> series.get(signal).add(point));
        }
    }

    /**
     * Fills in what the proxy itself remembers of its live set: after a restart of the operator. Does nothing when the
     * history is of another process.
     */
    public void recall(LiveSetHistory history) {
        if (history.lives().isEmpty() || !history.lives().getLast().startedAt().equals(startedAt)) {
            return;
        }
        Series known = series.get(Signal.LIVE_SET);
        List<Point> newer = known.all();
        known.clear();
        history.lives().getLast().samples().forEach(sample -> addLiveSet(sample, loadOf(sample)));
        newer.forEach(known::add);
        thresholds.keySet().removeIf(terms -> terms.rule().signal() == Signal.LIVE_SET);
    }

    /** The live set's curve of this life, for a report. */
    public List<Point> liveSet() {
        return series.get(Signal.LIVE_SET).all();
    }

    /** The newest sample, if there is one. */
    public Optional<Sample> newest() {
        return Optional.ofNullable(newest);
    }

    /** Judges the pod. Makes new verdicts of the leak test no more often than its settings say. */
    public Diagnosis diagnose(Instant now, DetectionSettings settings) {
        if (newest == null || isStale(now, settings)) {
            return Diagnosis.unknown(podUid, now);
        }
        List<Finding> findings = new ArrayList<>();
        List<Reading> recent = List.copyOf(readings);
        List<ThresholdWatch.Terms> rules =
                settings.thresholds().stream().map(settings::terms).toList();
        thresholds.keySet().retainAll(rules);
        boolean warm = isWarm(settings);
        Map<Subject, Boolean> free = new HashMap<>();
        for (ThresholdWatch.Terms terms : rules) {
            ThresholdWatch watch = thresholds.computeIfAbsent(terms, this::caughtUp);
            Signal signal = terms.rule().signal();
            boolean known = isKnown(signal, settings);
            Optional<Finding.Breach> breach = known || signal != Signal.LIVE_SET ? watch.breach() : Optional.empty();
            breach.ifPresent(findings::add);
            if (known || breach.isPresent()) {
                free.put(Subject.of(terms.rule()), breach.isEmpty() && warm && isMeasuredWarm(signal, settings));
            }
        }
        if (settings.leak().enabled()) {
            for (Signal signal : LEAK_SIGNALS) {
                if (isSilent(signal, settings)) {
                    verdicts.get(signal).clear();
                    continue;
                }
                Optional<Finding> leak = warm ? judge(signal, settings) : Optional.empty();
                leak.ifPresent(findings::add);
                free.put(Subject.leak(signal), leak.isEmpty() && warm && isMeasuredWarm(signal, settings));
            }
        }
        boolean blind = settings.watchesLiveSet() && isSilent(Signal.LIVE_SET, settings);
        Health health = health(findings, warm && !(blind && isTooYoungToBeMeasured(settings)), blind);
        Map<Subject, Integer> good = goodSamples.counted(newest.snapshot().takenAt(), free);
        if (health == Health.SUSPECT || health == Health.CONFIRMED) {
            SlowBackendCheck.of(recent).ifPresent(findings::add);
        }
        if (newest.snapshot().ledger() != null) {
            newest.snapshot().ledger().offenders().forEach(o -> findings.add(new Finding.Reclaimable(o)));
        }
        return new Diagnosis(podUid, now, health, good, findings);
    }

    private boolean isWarm(DetectionSettings settings) {
        return !newest.snapshot().takenAt().isBefore(warmFrom(settings));
    }

    private Instant warmFrom(DetectionSettings settings) {
        return lifeFrom.plus(settings.leak().warmUp());
    }

    private boolean isStale(Instant now, DetectionSettings settings) {
        Duration age = Duration.between(newest.receivedAt(), now);
        return age.compareTo(settings.staleAfter()) > 0;
    }

    private Optional<Finding> judge(Signal signal, DetectionSettings settings) {
        LeakSettings leak = settings.leak();
        List<Point> points = series.get(signal).since(warmFrom(settings));
        Verdicts past = verdicts.get(signal);
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Instant last = points.getLast().at();
        past.forgetBefore(last.minus(leak.verdictLife()));
        if (past.isDue(last, leak.evaluationInterval())) {
            past.add(last, LeakCheck.evaluate(signal, points, limit(signal, leak), leak), leak.evaluations());
        }
        return past.finding(leak.confirmations());
    }

    /** Whether the newest sample tells something of it. */
    private boolean isKnown(Signal signal, DetectionSettings settings) {
        return signal == Signal.LIVE_SET
                ? !isSilent(signal, settings)
                : !Double.isNaN(readings.getLast().value(signal));
    }

    /** Whether there is a measurement from after the warm-up; what is not measured at times of its own is in each sample. */
    private boolean isMeasuredWarm(Signal signal, DetectionSettings settings) {
        return !LEAK_SIGNALS.contains(signal)
                || !series.get(signal).since(warmFrom(settings)).isEmpty();
    }

    /** Whether the newest measurement is so old, or absent, that nothing is known of the present. */
    private boolean isSilent(Signal signal, DetectionSettings settings) {
        Series measured = series.get(signal);
        return measured.isEmpty()
                || Duration.between(measured.newest().at(), newest.snapshot().takenAt())
                                .compareTo(bearable(settings))
                        > 0;
    }

    private static Duration bearable(DetectionSettings settings) {
        return settings.leak()
                .samplingInterval()
                .multipliedBy(STALE_IN_MEASUREMENTS)
                .plus(settings.staleAfter());
    }

    /** Whether its live set was never measured, and need not have been yet. */
    private boolean isTooYoungToBeMeasured(DetectionSettings settings) {
        return series.get(Signal.LIVE_SET).isEmpty()
                && newest.snapshot().takenAt().isBefore(lifeFrom.plus(bearable(settings)));
    }

    /** A new threshold's watch, which has seen what is remembered. */
    private ThresholdWatch caughtUp(ThresholdWatch.Terms terms) {
        ThresholdWatch watch = ThresholdWatch.of(terms);
        readings.forEach(reading -> take(watch, reading));
        series.get(Signal.LIVE_SET).all().forEach(point -> takeLiveSet(watch, point));
        return watch;
    }

    private static void take(ThresholdWatch watch, Reading reading) {
        ThresholdRule rule = watch.terms().rule();
        Signal signal = rule.signal();
        if (signal != Signal.LIVE_SET) {
            watch.take(reading.at(), rule.inUnit(reading.value(signal), reading.limit(signal)));
        }
    }

    /** The proxy repeats its newest measurement in each snapshot; only a new one says something. */
    private void takeLiveSet(ThresholdWatch watch, Point point) {
        ThresholdRule rule = watch.terms().rule();
        if (rule.signal() == Signal.LIVE_SET) {
            watch.take(point.at(), rule.inUnit(point.value(), Signal.LIVE_SET.limitIn(newest.snapshot())));
        }
    }

    private double limit(Signal signal, LeakSettings leak) {
        return switch (signal) {
            case VIRTUAL_THREADS -> leak.virtualThreads();
            case THREADS -> leak.threads();
            default -> signal.limitIn(newest.snapshot());
        };
    }

    /** @param blind whether the live set is watched and not measured: then nothing found is no good sign */
    private static Health health(List<Finding> findings, boolean warm, boolean blind) {
        if (findings.stream().anyMatch(Finding::confirmed)) {
            return Health.CONFIRMED;
        }
        if (!findings.isEmpty()) {
            return Health.SUSPECT;
        }
        if (!warm) {
            return Health.WARMING_UP;
        }
        return blind ? Health.UNKNOWN : Health.FINE;
    }

    private static Load loadOf(LiveSetSample sample) {
        return new Load(sample.inFlight(), sample.connections(), sample.requestsPerSecond());
    }

    private static Load loadOf(Snapshot.Traffic traffic) {
        return new Load(traffic.inFlightMean(), traffic.connections(), traffic.requestsPerSecond());
    }

    /** The mean traffic of late, from the readings; empty where the proxy's own mean of a minute serves. */
    private Optional<Load> recentLoad(LeakSettings leak) {
        if (leak.loadMean().compareTo(LeakSettings.MEAN_OF_PROXIES) >= 0) {
            return Optional.empty();
        }
        Reading last = readings.getLast();
        Instant from = last.at().minus(leak.loadMean());
        List<Reading> late = readings.reversed().stream()
                .takeWhile(reading -> !reading.at().isBefore(from))
                .toList();
        if (late.size() < 2) {
            return Optional.empty();
        }
        double seconds = Duration.between(late.getLast().at(), last.at()).toMillis() / 1000.0;
        return Optional.of(new Load(
                late.stream().mapToInt(Reading::inFlight).average().orElse(0),
                late.stream()
                        .mapToDouble(reading -> reading.value(Signal.CONNECTIONS))
                        .average()
                        .orElse(0),
                (last.requestsTotal() - late.getLast().requestsTotal()) / seconds));
    }

    private void addLiveSet(LiveSetSample sample, Load load) {
        if (lifeFrom != null && sample.at().isBefore(lifeFrom)) {
            return;
        }
        Point point = new Point(sample.at(), sample.liveBytes(), load);
        series.get(Signal.LIVE_SET).add(point);
        thresholds.values().forEach(watch -> takeLiveSet(watch, point));
    }

    /**
     * Where the life of a process begins that is seen for the first time. Whoever watched it before may have started over
     * when its specification changed, and only the process remembers when that was: at the latest with the newest
     * configuration. What it was given during its warm-up is taken to be what it started with.
     */
    private static Instant firstSeen(Snapshot snapshot, DetectionSettings settings) {
        Instant warm = snapshot.startedAt().plus(settings.leak().warmUp());
        Instant applied = snapshot.config().appliedAt();
        return applied.isAfter(warm) ? applied : snapshot.startedAt();
    }

    private void startLife(Instant startedAt, Instant from) {
        this.startedAt = startedAt;
        this.lifeFrom = from;
        readings.clear();
        thresholds.clear();
        trough = null;
        goodSamples.clear();
        for (Signal signal : LEAK_SIGNALS) {
            series.put(signal, new Series());
            verdicts.put(signal, new Verdicts());
        }
    }

    /** The last few verdicts of the leak test on one signal. */
    private static final class Verdicts {
        private record Verdict(Instant at, Optional<LeakEvidence> evidence) {}

        private final Deque<Verdict> last = new ArrayDeque<>();
        private Instant newest;

        boolean isDue(Instant at, Duration interval) {
            return newest == null || !at.isBefore(newest.plus(interval));
        }

        void add(Instant at, Optional<LeakEvidence> verdict, int remembered) {
            newest = at;
            last.addLast(new Verdict(at, verdict));
            while (last.size() > remembered) {
                last.removeFirst();
            }
        }

        void forgetBefore(Instant oldest) {
            while (!last.isEmpty() && last.getFirst().at().isBefore(oldest)) {
                last.removeFirst();
            }
        }

        void clear() {
            last.clear();
            newest = null;
        }

        Optional<Finding> finding(int confirmations) {
            List<LeakEvidence> agreeing = last.stream()
                    .flatMap(verdict -> verdict.evidence().stream())
                    .toList();
            return agreeing.reversed().stream()
                    .findFirst()
                    .map(evidence -> new Finding.Leak(evidence, agreeing.size() >= confirmations));
        }
    }
}
