/**
 * The configuration of a proxy: the {@link io.proxyroute.contract.config.ConfigDocument} rendered from a route and the
 * {@link io.proxyroute.contract.config.EndpointsDocument} with the addresses of its backends. Records, and the reader
 * that validates them.
 */
package io.proxyroute.contract.config;
