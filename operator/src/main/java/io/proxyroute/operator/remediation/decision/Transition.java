package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Instant;

/** The next step of an open run. */
sealed interface Transition {

    /**
     * No change for now.
     *
     * @param reason a clause without a full stop
     */
    record Wait(String reason) implements Transition {}

    /**
     * Write the next state to the journal, then carry out the effect.
     *
     * @param next state to write
     * @param message reason to record with the state
     * @param effect side effect to carry out after the write
     */
    record Advance(State next, String message, Effect effect) implements Transition {}

    /**
     * Repeat the effect of the current state, which may have been interrupted.
     *
     * @param effect side effect to repeat
     */
    record Redo(Effect effect) implements Transition {}

    /**
     * Stay in the state, and write new information.
     *
     * @param run run to write
     */
    record Record(Run run) implements Transition {}

    /** Side effects. Each may be repeated without harm. */
    enum Effect {
        NONE,
        COLLECT,
        COLLECT_DEEP,
        DETACH,
        REATTACH,
        EVICT
    }

    /** Ends the run without touching the pod. */
    static Transition done(Instant now, Outcome outcome, String message) {
        return new Advance(new State.Done(now, outcome), message, Effect.NONE);
    }

    /** Interrupts the run until the guard allows it again. */
    static Transition pause(Instant now, RemediationPhase resume, String reason) {
        return new Advance(new State.Paused(now, resume), "Paused: " + reason + ".", Effect.NONE);
    }
}
