package io.proxyroute.contract.config;

/**
 * Names one incarnation of a route.
 *
 * @param namespace the route's namespace
 * @param name the route's name
 * @param uid the route's UID; it is part of the proxy's certificate, so that a recreated route is a different one
 */
public record RouteRef(String namespace, String name, String uid) {}
