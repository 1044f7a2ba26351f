/**
 * What users see of a route: five conditions, Events and one list of reasons that both share with metrics and logs.
 * Computing a status is pure; {@link io.proxyroute.operator.status.EventRecorder} alone writes to the API server.
 */
package io.proxyroute.operator.status;
