package io.proxyroute.operator.remediation.decision;

/** What comes next in a run. */
sealed interface Transition {

    /**
     * Nothing for now.
     *
     * @param because a sentence
     */
    record Wait(String because) implements Transition {}

    /**
     * The journal first, then the effect.
     *
     * @param next state to be written
     * @param message to be written with it
     * @param effect what follows
     */
    record Advance(State next, String message, Effect effect) implements Transition {}

    /**
     * The effect of the state that is already written: it may have been cut short.
     *
     * @param effect to be repeated
     */
    record Redo(Effect effect) implements Transition {}

    /**
     * The same state, with more known.
     *
     * @param run to be written
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
}
