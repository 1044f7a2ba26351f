package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Instant;

/**
 * Where a run stands. Each state is written to the journal before its first side effect.
 *
 * <pre>
 *  Confirm --> Capture --> Prepare --> Capture (deep) --> Act --> Verify --> Cooldown --> Done
 *     |           |  \         |             |             |
 *     |           |   \        +-------------+-------------+--> Cooldown (aborted) --> Done
 *     |           |    +--> Escalated                      +--> Escalated
 *     +-----------+--> Done (observed, recommended, gone, aborted)
 *  Paused <--> Confirm, Capture, Prepare     while the guard forbids to touch anything
 *  Paused  --> Done (aborted)                when the mode forbids it, and nothing was touched
 * </pre>
 */
public sealed interface State {

    /** When it began, by the operator's clock. */
    Instant since();

    /** The same in one word. */
    default RemediationPhase phase() {
        return switch (this) {
            case Confirm _ -> RemediationPhase.Confirm;
            case Capture _ -> RemediationPhase.Capture;
            case Prepare _ -> RemediationPhase.Prepare;
            case Act _ -> RemediationPhase.Act;
            case Verify _ -> RemediationPhase.Verify;
            case Cooldown _ -> RemediationPhase.Cooldown;
            case Paused _ -> RemediationPhase.Paused;
            case Escalated _ -> RemediationPhase.Escalated;
            case Done _ -> RemediationPhase.Done;
        };
    }

    /** The finding is checked against the guard. */
    record Confirm(Instant since) implements State {}

    /**
     * Evidence is collected.
     *
     * @param deep whether what stops the process is collected too: only once its replacement is ready
     */
    record Capture(Instant since, boolean deep) implements State {}

    /** The pod is detached, so that a replacement starts while it still serves. */
    record Prepare(Instant since) implements State {}

    /**
     * The pod is being evicted.
     *
     * @param since the newest try
     * @param attempt 1 for the first try
     * @param deadline when it is given up
     */
    record Act(Instant since, int attempt, Instant deadline) implements State {}

    /** The pod is on its way out; the replacement is watched. */
    record Verify(Instant since) implements State {}

    /**
     * Over, but the route rests.
     *
     * @param until when it may be acted on again
     * @param outcome how it ended
     */
    record Cooldown(Instant since, Instant until, Outcome outcome) implements State {}

    /**
     * The guard forbids to touch anything for now.
     *
     * @param resume what goes on afterwards: CONFIRM, CAPTURE or PREPARE
     */
    record Paused(Instant since, RemediationPhase resume) implements State {}

    /** Nothing more is done until the route's specification changes or a person deletes the run. */
    record Escalated(Instant since) implements State {}

    /**
     * Over.
     *
     * @param outcome how it ended
     */
    record Done(Instant since, Outcome outcome) implements State {}
}
