/**
 * From timestamped samples of a pod to findings: the history of one pod life, the user's thresholds, the leak test, and
 * the veto for a sick backend. May import the contract's telemetry and the JDK. Each {@link
 * io.proxyroute.operator.remediation.detection.PodWatch} is used by one thread at a time, the ticker of its route.
 */
package io.proxyroute.operator.remediation.detection;
