/**
 * Puts the objects of a route in place by server-side apply, each field under the manager that owns it, and writes
 * nothing where nothing changed and nothing that is somebody else's. Called on reconciler threads; a call may throw a
 * {@code KubernetesClientException}, upon which the reconciliation is tried again, unless it is a refusal: then the
 * rest goes on.
 */
package io.proxyroute.operator.dependents;
