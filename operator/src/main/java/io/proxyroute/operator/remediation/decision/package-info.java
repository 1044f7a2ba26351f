/**
 * From findings to guarded steps: the state machine of an episode ({@link
 * io.proxyroute.operator.remediation.decision.State}, {@link
 * io.proxyroute.operator.remediation.decision.RunStateMachine}), what must hold before a pod is touched ({@link
 * io.proxyroute.operator.remediation.decision.Guard}), and the actor that writes each phase down before it does anything
 * ({@link io.proxyroute.operator.remediation.decision.RunExecutor}). The world is reached through the ports here, which
 * {@code episode} implements. May import {@code detection} and the JDK. One thread at a time for a route.
 */
package io.proxyroute.operator.remediation.decision;
