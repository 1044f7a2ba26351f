package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measurements of one process under one specification: recent readings of every signal, and a series for each signal of
 * the leak test. Used by one thread at a time.
 */
final class ProcessHistory {

    /** Signals of the leak test. */
    static final List<Signal> LEAK_SIGNALS = List.of(
            Signal.LIVE_SET,
            Signal.NETTY_DIRECT_MEMORY,
            Signal.JDK_DIRECT_MEMORY,
            Signal.VIRTUAL_THREADS,
            Signal.THREADS);

    private static final int MAX_READINGS = 4096;

    private final Instant processStartedAt;
    private final Instant startsAt;
    private final Deque<Reading> readings = new ArrayDeque<>();
    private final Map<Signal, Series> series = new EnumMap<>(Signal.class);
    private Sample newest;
    private WindowMinimum minimum;

    /**
     * @param processStartedAt identifies the process
     * @param startsAt start of this history: of the process, or of its specification
     */
    ProcessHistory(Instant processStartedAt, Instant startsAt) {
        this.processStartedAt = processStartedAt;
        this.startsAt = startsAt;
        LEAK_SIGNALS.forEach(signal -> series.put(signal, new Series()));
    }

    boolean isOf(Instant startOfProcess) {
        return processStartedAt.equals(startOfProcess);
    }

    Instant startsAt() {
        return startsAt;
    }

    /** The newest sample; null before the first. */
    Sample newest() {
        return newest;
    }

    /** The newest reading; there must be one. */
    Reading newestReading() {
        return readings.getLast();
    }

    /** Recent readings, oldest first. */
    List<Reading> readings() {
        return List.copyOf(readings);
    }

    Series series(Signal signal) {
        return series.get(signal);
    }

    /** Start of the measurements that count: after the warm-up. */
    Instant warmFrom(LeakSettings settings) {
        return startsAt.plus(settings.warmUp());
    }

    /** Adds the reading of a sample, which must be newer than all earlier ones. */
    void add(Sample sample, Reading reading, DetectionSettings settings) {
        newest = sample;
        readings.addLast(reading);
        Instant oldest = reading.at().minus(settings.retention());
        while (readings.size() > MAX_READINGS || readings.getFirst().at().isBefore(oldest)) {
            readings.removeFirst();
        }
        Load load = recentLoad(settings.leak())
                .orElseGet(() -> loadOf(sample.snapshot().traffic()));
        minimum = WindowMinimum.extended(
                minimum, sample.snapshot(), load, settings.leak().samplingInterval());
        if (minimum.isComplete()) {
            minimum.points().forEach((signal, point) -> series.get(signal).add(point));
        }
    }

    /** The live set of the newest sample; empty if the sample has none, or one from before this history. */
    Optional<Point> newestLiveSet(LeakSettings settings) {
        LiveSetSample sample = newest.snapshot().liveSet();
        return sample == null
                ? Optional.empty()
                : Optional.of(new Point(
                                sample.at(),
                                sample.liveBytes(),
                                recentLoad(settings).orElseGet(() -> loadOf(sample))))
                        .filter(point -> !point.at().isBefore(startsAt));
    }

    /** Puts older measurements of the live set, from the process itself, before those in this history. */
    void backfillLiveSet(List<LiveSetSample> samples) {
        Series liveSet = series.get(Signal.LIVE_SET);
        List<Point> newer = liveSet.all();
        liveSet.clear();
        samples.stream()
                .filter(sample -> !sample.at().isBefore(startsAt))
                .forEach(sample -> liveSet.add(new Point(sample.at(), sample.liveBytes(), loadOf(sample))));
        newer.forEach(liveSet::add);
    }

    private static Load loadOf(LiveSetSample sample) {
        return new Load(sample.inFlight(), sample.connections(), sample.requestsPerSecond());
    }

    private static Load loadOf(Snapshot.Traffic traffic) {
        return new Load(traffic.inFlightMean(), traffic.connections(), traffic.requestsPerSecond());
    }

    /** Mean of the recent traffic, from the readings; empty if the proxy's own one-minute mean is short enough. */
    private Optional<Load> recentLoad(LeakSettings leak) {
        if (leak.loadMean().compareTo(LeakSettings.PROXY_LOAD_MEAN) >= 0) {
            return Optional.empty();
        }
        Reading last = readings.getLast();
        Instant from = last.at().minus(leak.loadMean());
        List<Reading> recent = readings.reversed().stream()
                .takeWhile(reading -> !reading.at().isBefore(from))
                .toList();
        if (recent.size() < 2) {
            return Optional.empty();
        }
        double seconds = Duration.between(recent.getLast().at(), last.at()).toMillis() / 1000.0;
        return Optional.of(new Load(
                recent.stream().mapToInt(Reading::inFlight).average().orElse(0),
                recent.stream()
                        .mapToDouble(reading -> reading.value(Signal.CONNECTIONS))
                        .average()
                        .orElse(0),
                (last.requestsTotal() - recent.getLast().requestsTotal()) / seconds));
    }
}
