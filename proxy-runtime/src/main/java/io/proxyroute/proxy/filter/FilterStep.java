package io.proxyroute.proxy.filter;

/**
 * One custom filter of a rule.
 *
 * @param name the filter's name in the route
 * @param instance kept in use by the configuration document that names it
 */
record FilterStep(String name, FilterInstance instance) {}
