/**
 * Compiles a route into the configuration that its proxies serve and the objects that run them. Pure functions without
 * clock, client or I/O: the same route always gives the same bytes. May import the API, the contract, the Kubernetes
 * model and {@link io.proxyroute.operator.status.Problem}. Called on reconciler threads.
 */
package io.proxyroute.operator.compile;
