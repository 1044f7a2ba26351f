package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Creates all conditions of one status. The transition time changes only with the status of a condition. */
final class Conditions {

    private static final int MAX_MESSAGE_LENGTH = 1024;

    private final List<Condition> before;
    private final long generation;
    private final Instant now;

    /**
     * @param before the conditions written last
     * @param generation generation of the spec that the new conditions describe
     */
    Conditions(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    Condition isTrue(Reason reason, String message) {
        return of("True", reason, message);
    }

    Condition isFalse(Reason reason, String message) {
        return of("False", reason, message);
    }

    Condition isUnknown(Reason reason, String message) {
        return of("Unknown", reason, message);
    }

    private Condition of(String status, Reason reason, String message) {
        return of(reason.condition(), status, reason.name(), message);
    }

    /** A condition that takes reason and message from another one. */
    Condition copy(ConditionType as, String status, Condition original) {
        return of(as, status, original.getReason(), original.getMessage());
    }

    private Condition of(ConditionType kind, String status, String reason, String message) {
        String type = kind.name();
        String since = before.stream()
                .filter(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(
                        message.length() <= MAX_MESSAGE_LENGTH
                                ? message
                                : message.substring(0, MAX_MESSAGE_LENGTH - 1) + "…")
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
