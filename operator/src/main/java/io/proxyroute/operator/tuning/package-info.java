/**
 * Recommends connection pool settings from measured concurrency. Pure: no Kubernetes client, clock or threads. Imports
 * the API and the contract's telemetry. Called on reconciler threads.
 */
package io.proxyroute.operator.tuning;
