/**
 * The configuration that a proxy serves: one {@link io.proxyroute.contract.config.ConfigDocument} for what is rendered
 * from a route, one {@link io.proxyroute.contract.config.EndpointsDocument} for where its backends are. Records only,
 * and the one reader that checks them.
 */
package io.proxyroute.contract.config;
