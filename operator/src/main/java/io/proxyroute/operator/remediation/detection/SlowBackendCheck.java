package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Reading.BackendUse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds a backend that has become slow, has more active connections than before, and has at least half of all. */
final class SlowBackendCheck {

    private static final int MIN_READINGS = 8;
    private static final double MIN_SLOWDOWN = 3;
    private static final double MIN_WAIT_MILLIS = 100;
    private static final double MIN_ACTIVE_SHARE = 0.5;

    private SlowBackendCheck() {}

    static Optional<Finding> of(List<Reading> readings) {
        if (readings.size() < MIN_READINGS) {
            return Optional.empty();
        }
        List<Reading> before = readings.subList(0, readings.size() / 4);
        List<Reading> now = readings.subList(readings.size() - readings.size() / 4, readings.size());
        Set<String> backends =
                readings.getLast().backends().stream().map(BackendUse::backend).collect(Collectors.toSet());
        for (String backend : backends) {
            double waitBefore = medianWait(before, backend);
            double waitNow = medianWait(now, backend);
            double activeBefore = active(before, backend);
            double activeNow = active(now, backend);
            boolean slower = waitNow >= MIN_WAIT_MILLIS && waitNow >= MIN_SLOWDOWN * Math.max(1, waitBefore);
            boolean hasMost = activeNow > activeBefore && activeNow >= MIN_ACTIVE_SHARE * active(now, null);
            if (slower && hasMost) {
                return Optional.of(new Finding.SlowBackend(backend, waitBefore, waitNow));
            }
        }
        return Optional.empty();
    }

    private static double medianWait(List<Reading> readings, String backend) {
        double[] waits = readings.stream()
                .flatMap(r -> r.backends().stream())
                .filter(b -> b.backend().equals(backend))
                .mapToDouble(BackendUse::waitMillis)
                .toArray();
        return waits.length == 0 ? 0 : RobustFit.median(waits);
    }

    /** Mean of leased and pending connections of one backend, or of all if it is null. */
    private static double active(List<Reading> readings, String backend) {
        return readings.stream()
                .mapToInt(r -> r.backends().stream()
                        .filter(b -> backend == null || b.backend().equals(backend))
                        .mapToInt(BackendUse::active)
                        .sum())
                .average()
                .orElse(0);
    }
}
