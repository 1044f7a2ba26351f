/**
 * From findings to guarded steps. {@link io.proxyroute.operator.remediation.decision.RunAdmission} decides whether a
 * run starts, {@link io.proxyroute.operator.remediation.decision.RunStateMachine} what an open run does next, and
 * {@link io.proxyroute.operator.remediation.decision.Guard} what must hold before a pod is touched; all three are pure.
 * {@link io.proxyroute.operator.remediation.decision.RunExecutor} writes each state to the journal before its effect.
 * {@code cluster} and {@code evidence} implement the interfaces in {@link
 * io.proxyroute.operator.remediation.decision.Ports}. May import {@code detection}, the enum of phases, and the JDK.
 * One thread at a time per route.
 */
package io.proxyroute.operator.remediation.decision;
