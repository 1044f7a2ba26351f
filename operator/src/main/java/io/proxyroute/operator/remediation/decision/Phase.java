package io.proxyroute.operator.remediation.decision;

/** Where a run stands, in one word; {@link State} has the rest. */
public enum Phase {
    CONFIRM,
    CAPTURE,
    PREPARE,
    ACT,
    VERIFY,
    COOLDOWN,
    PAUSED,
    ESCALATED,
    DONE
}
