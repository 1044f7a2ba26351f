package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All input of one tick's decision.
 *
 * @param runs all runs in the journal, oldest first
 * @param fleet the route and its pods, read before the journal
 * @param observation diagnoses of the pods
 * @param settings settings of the route
 * @param now the operator's clock, but never before the newest write to the journal
 */
record TickInput(List<Run> runs, Fleet fleet, Observation observation, DecisionSettings settings, Instant now) {

    /** The newest run; empty before the first. */
    Optional<Run> newest() {
        return runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast());
    }

    /** Pods detached or evicted in the last hour, one per run. */
    int actionsInWindow() {
        return Guard.actionsInWindow(runs, null, now);
    }
}
