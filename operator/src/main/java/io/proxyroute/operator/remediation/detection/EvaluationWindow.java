package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The last few results of the leak test on one signal. A leak is confirmed when enough of them agree, so a single
 * noisy result confirms nothing. Used by one thread at a time.
 */
final class EvaluationWindow {

    private record Evaluation(Instant at, Optional<LeakEvidence> evidence) {}

    private final Deque<Evaluation> evaluations = new ArrayDeque<>();
    private Instant newest;

    /**
     * Evaluates the points if an evaluation is due, and combines the results.
     *
     * @param points since the end of the warm-up, oldest first
     * @param limit limit of the signal, in its unit
     */
    Optional<Finding> evaluate(Signal signal, List<Series.Point> points, double limit, LeakSettings settings) {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Instant at = points.getLast().at();
        removeBefore(at.minus(settings.evaluationLifetime()));
        if (isDue(at, settings.evaluationInterval())) {
            newest = at;
            evaluations.addLast(new Evaluation(at, LeakCheck.evaluate(signal, points, limit, settings)));
            while (evaluations.size() > settings.confirmation().evaluations()) {
                evaluations.removeFirst();
            }
        }
        return finding(settings.confirmation().agreeing());
    }

    void clear() {
        evaluations.clear();
        newest = null;
    }

    private boolean isDue(Instant at, Duration interval) {
        return newest == null || !at.isBefore(newest.plus(interval));
    }

    private void removeBefore(Instant oldest) {
        while (!evaluations.isEmpty() && evaluations.getFirst().at().isBefore(oldest)) {
            evaluations.removeFirst();
        }
    }

    private Optional<Finding> finding(int agreeingToConfirm) {
        List<LeakEvidence> agreeing = evaluations.stream()
                .flatMap(evaluation -> evaluation.evidence().stream())
                .toList();
        return agreeing.reversed().stream()
                .findFirst()
                .map(evidence -> new Finding.Leak(evidence, agreeing.size() >= agreeingToConfirm));
    }
}
