/**
 * Finds leaking proxies and decides what is done about them: {@code detection} turns samples into findings, {@code
 * decision} turns findings into guarded steps over a few ports. Pure: the JDK, the contract's telemetry and nothing of
 * Kubernetes or HTTP; time comes in as an argument or a {@link java.time.Clock}. The adapters live in {@code episode}.
 */
package io.proxyroute.operator.remediation;
