/**
 * Applies the objects of a route by server-side apply, each field under its own field manager. Writes nothing if
 * nothing changed, and never changes objects of others. Called on reconciler threads. A call may throw a {@code
 * KubernetesClientException}, after which the reconciliation is retried; a permanent failure is collected instead, and
 * the reconciliation continues. Imports compile, pki, status, the API and the contract.
 */
package io.proxyroute.operator.dependents;
