package io.proxyroute.operator.remediation.decision;

/** What comes next in a run. */
sealed interface Move {

    /**
     * Nothing for now.
     *
     * @param because a sentence
     */
    record Hold(String because) implements Move {}

    /**
     * The journal first, then the effect.
     *
     * @param next state to be written
     * @param message to be written with it
     * @param effect what follows
     */
    record Enter(State next, String message, Effect effect) implements Move {}

    /**
     * The effect of the state that is already written: it may have been cut short.
     *
     * @param effect to be repeated
     */
    record Repeat(Effect effect) implements Move {}

    /**
     * The same state, with more known.
     *
     * @param run to be written
     */
    record Note(Run run) implements Move {}

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
