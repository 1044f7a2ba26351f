/**
 * Looks at every proxy on a schedule of its own and turns what it says into time-stamped samples. A sample that is
 * missing, stale or another pod's is unknown: never fine and never a breach. Each pod is polled on a virtual thread;
 * sinks are called there and must not block.
 */
package io.proxyroute.operator.observe;
