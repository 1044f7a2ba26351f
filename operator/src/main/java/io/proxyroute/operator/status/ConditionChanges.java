package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which conditions of a route are worth an Event: those that stand otherwise than users were told last. A configuration
 * on its way to the pods is none as long as it arrives, since every change of a spec passes through that. One instance
 * for each route and leadership; used by one reconciliation at a time.
 */
public final class ConditionChanges {

    private final Duration patience;
    /** Reason told last, by type of condition. */
    private final Map<String, String> told = new HashMap<>();

    private Instant pendingSince;

    /** @param patience how long pods may take over a configuration before it is told */
    public ConditionChanges(Duration patience) {
        this.patience = patience;
    }

    /**
     * What is to be told now.
     *
     * @param before the conditions written last, by whatever leader: those were told
     * @param after the conditions as they are
     */
    public List<Condition> of(List<Condition> before, List<Condition> after, Instant now) {
        if (told.isEmpty()) {
            before.forEach(condition -> told.put(condition.getType(), condition.getReason()));
        }
        List<Condition> news = new ArrayList<>();
        for (Condition condition : after) {
            if (isSettled(condition, now) && !condition.getStatus().equals("Unknown")) {
                String last = told.put(condition.getType(), condition.getReason());
                if (last == null ? !isExpectedAtFirst(condition) : !last.equals(condition.getReason())) {
                    news.add(condition);
                }
            }
        }
        return news;
    }

    private boolean isSettled(Condition condition, Instant now) {
        if (condition.getReason().equals(Reason.Pending.name())) {
            pendingSince = pendingSince == null ? now : pendingSince;
            return !now.isBefore(pendingSince.plus(patience));
        }
        if (condition.getType().equals(ConditionType.Programmed.name())) {
            pendingSince = null;
        }
        return true;
    }

    /** A new route has no pods yet, which is no news. */
    private static boolean isExpectedAtFirst(Condition condition) {
        return condition.getReason().equals(Reason.NoReadyPods.name())
                || condition.getReason().equals(Reason.TooFewReadyPods.name());
    }
}
