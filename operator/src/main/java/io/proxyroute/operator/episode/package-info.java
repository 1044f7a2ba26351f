/**
 * Episodes in a real cluster: the ports of {@code remediation.decision} over the API server and the proxies' admin
 * ports. RemediationRuns are lock and journal, pods are detached, put back and evicted, evidence is captured and
 * reported. {@link io.proxyroute.operator.episode.Remediation} joins it to the control loop and to the poller. Each route
 * is driven by one virtual thread of its own; samples come in on the poller's.
 */
package io.proxyroute.operator.episode;
