package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Selects the condition changes of a route that are worth an Event: those with another reason than the one reported
 * last. The summaries for tools, and a rollout that makes progress, are not. A configuration that is still being pushed is not reported until the pods are overdue, because every change of
 * a spec passes through that state. One instance per route and leader term; used by one reconciliation at a time.
 */
public final class ConditionChanges {

    /** They repeat other conditions. */
    private static final Set<String> SILENT =
            Set.of(ConditionType.Ready.name(), ConditionType.Reconciling.name(), ConditionType.Stalled.name());

    private final Duration pendingGrace;
    /** The reason reported last, by type of condition. */
    private final Map<String, String> reported = new HashMap<>();

    private Instant pendingSince;

    /** @param pendingGrace how long pods may take to acknowledge a configuration before the delay is reported */
    public ConditionChanges(Duration pendingGrace) {
        this.pendingGrace = pendingGrace;
    }

    /**
     * Returns the conditions to report.
     *
     * @param before the conditions written last, possibly by another leader; that leader has reported them
     * @param after the current conditions
     */
    public List<Condition> of(List<Condition> before, List<Condition> after, Instant now) {
        if (reported.isEmpty()) {
            before.forEach(condition -> reported.put(condition.getType(), condition.getReason()));
        }
        List<Condition> changes = new ArrayList<>();
        for (Condition condition : after) {
            if (!SILENT.contains(condition.getType())
                    && !condition.getReason().equals(Reason.RollingOut.name())
                    && isSettled(condition, now)
                    && !condition.getStatus().equals("Unknown")) {
                String last = reported.put(condition.getType(), condition.getReason());
                if (last == null ? !isInitialState(condition) : !last.equals(condition.getReason())) {
                    changes.add(condition);
                }
            }
        }
        return changes;
    }

    private boolean isSettled(Condition condition, Instant now) {
        if (condition.getReason().equals(Reason.Pending.name())) {
            pendingSince = pendingSince == null ? now : pendingSince;
            return !now.isBefore(pendingSince.plus(pendingGrace));
        }
        if (condition.getType().equals(ConditionType.Programmed.name())) {
            pendingSince = null;
        }
        return true;
    }

    /** The normal state of a new route, which has no ready pods yet. */
    private static boolean isInitialState(Condition condition) {
        return condition.getReason().equals(Reason.NoReadyPods.name())
                || condition.getReason().equals(Reason.TooFewReadyPods.name());
    }
}
