/**
 * Puts the objects of a route in place by server-side apply, each field under the manager that owns it, and writes
 * nothing where nothing changed. Called on reconciler threads; every call may throw a {@code
 * KubernetesClientException}, upon which the reconciliation is tried again.
 */
package io.proxyroute.operator.dependents;
