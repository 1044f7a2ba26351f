/**
 * Polls every proxy at the interval of its route, and turns responses into time-stamped samples. A sample that is missing,
 * stale or from another pod is unknown: neither fine nor a breach. May import {@code admin} and the contract. Each pod is
 * polled on its own virtual thread; sinks are called there and must not block.
 */
package io.proxyroute.operator.observe;
