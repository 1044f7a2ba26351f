/**
 * Status of a route as users see it: conditions, Events, and the reasons that both share with metrics and logs.
 * Computing a status is pure; only {@link io.proxyroute.operator.status.EventRecorder} calls the API server. Imports
 * the API types only. Called on reconciler and remediation threads.
 */
package io.proxyroute.operator.status;
