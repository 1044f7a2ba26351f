/**
 * From a route to what it means: the configuration that its proxies serve and the objects that run them. Pure: no
 * input but the arguments, no clock, no client, no I/O; the same route always gives the same bytes. May import the API,
 * the contract, Kubernetes' model and {@link io.proxyroute.operator.status.Problem}.
 */
package io.proxyroute.operator.compile;
