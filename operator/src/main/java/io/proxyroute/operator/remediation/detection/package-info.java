/**
 * From timestamped samples of a pod to findings: {@link io.proxyroute.operator.remediation.detection.PodWatch} keeps the
 * history of one process, checks the user's thresholds and the leak test, and checks whether a slow backend explains the
 * result. May import the contract's telemetry and the JDK. Each watch is used by one thread at a time.
 */
package io.proxyroute.operator.remediation.detection;
