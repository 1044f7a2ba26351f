package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The one place where conditions are made: the transition time moves only when the status does. */
final class Conditions {

    private static final int LONGEST_MESSAGE = 1024;

    private final List<Condition> before;
    private final long generation;
    private final Instant now;

    /**
     * @param before the conditions written last
     * @param generation of the spec that the new ones speak of
     */
    Conditions(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    Condition holds(Reason reason, String message) {
        return of("True", reason, message);
    }

    Condition fails(Reason reason, String message) {
        return of("False", reason, message);
    }

    Condition unknown(Reason reason, String message) {
        return of("Unknown", reason, message);
    }

    private Condition of(String status, Reason reason, String message) {
        String type = reason.condition().name();
        String since = before.stream()
                .filter(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason.name())
                .withMessage(
                        message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…")
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
