/**
 * The ports of {@code decision} over the API server: {@link io.proxyroute.operator.remediation.cluster.RoutePods} detaches,
 * reattaches and evicts pods, {@link io.proxyroute.operator.remediation.cluster.RunJournal} keeps RemediationRuns, which
 * are lock and journal, and {@link io.proxyroute.operator.remediation.cluster.LeaseBudget} counts actions of all routes.
 * Every read is uncached, and no request is retried here. Called on the virtual thread of a route's loop.
 */
package io.proxyroute.operator.remediation.cluster;
