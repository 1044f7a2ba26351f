/**
 * Decides the number of pods of a route by their open connections. Pure: no Kubernetes client, clock or threads.
 * Imports the API only. Called on reconciler threads.
 */
package io.proxyroute.operator.scaling;
