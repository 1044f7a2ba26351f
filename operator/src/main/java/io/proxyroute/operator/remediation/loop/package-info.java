/**
 * The control loop of remediation: {@link io.proxyroute.operator.remediation.loop.RemediationLoop} observes, announces,
 * decides and publishes for one route, on a virtual thread of its own. {@link
 * io.proxyroute.operator.remediation.loop.Remediation} starts and stops the loops and connects them to the reconciler and
 * to the poller. May import everything else in {@code remediation}.
 */
package io.proxyroute.operator.remediation.loop;
