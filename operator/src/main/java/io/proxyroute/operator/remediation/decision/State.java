package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Instant;

/**
 * State of a run. Each state is written to the journal before its first side effect.
 *
 * <pre>
 *  Confirm --> Capture --> Prepare --> Capture (deep) --> Act --> Verify --> Cooldown --> Done
 *
 *  Confirm, Capture               --> Done        observed, recommended, pod gone, or aborted before the pod is detached
 *  Capture, Act                   --> Escalated   replacements do not help, or the pod cannot be evicted
 *  Prepare, Capture (deep)        --> Verify      the pod disappeared without an eviction
 *  Prepare, Capture (deep), Act   --> Cooldown    aborted, and the pod is reattached
 *  Confirm, Capture, Prepare     <--> Paused      while the guard blocks every action
 *  Capture (deep), Act            --> Paused      continues with Prepare
 *  Paused                         --> Done        aborted, if the mode no longer allows it and the pod is not detached
 * </pre>
 */
public sealed interface State {

    /** When it started, by the operator's clock. */
    Instant since();

    /** The phase that users see. */
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
     * @param deep whether diagnostics that pause the process are collected too; only once its replacement is ready
     */
    record Capture(Instant since, boolean deep) implements State {}

    /** The pod is detached, so that a replacement starts while it still serves. */
    record Prepare(Instant since) implements State {}

    /**
     * The pod is being evicted.
     *
     * @param since the newest attempt
     * @param attempt 1 for the first
     * @param deadline deadline for all attempts
     */
    record Act(Instant since, int attempt, Instant deadline) implements State {}

    /** The pod is terminating, and the replacement is checked. */
    record Verify(Instant since) implements State {}

    /**
     * The result is known; the route waits before its next run.
     *
     * @param until when the next action is allowed
     * @param outcome result of the run
     */
    record Cooldown(Instant since, Instant until, Outcome outcome) implements State {}

    /**
     * The guard blocks every action for now.
     *
     * @param resume phase to continue with: Confirm, Capture or Prepare
     */
    record Paused(Instant since, RemediationPhase resume) implements State {}

    /** Ended; no new run replaces a pod until the route's specification changes or a user deletes this run. */
    record Escalated(Instant since) implements State {}

    /**
     * Ended.
     *
     * @param outcome result of the run
     */
    record Done(Instant since, Outcome outcome) implements State {}
}
