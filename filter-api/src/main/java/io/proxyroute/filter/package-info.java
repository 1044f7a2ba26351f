/**
 * The API for custom filters. Each call of a filter runs on a new virtual thread and may block. Resources obtained through
 * its {@link io.proxyroute.filter.FilterContext} belong to the exchange and are reclaimed when it ends. Imports only the
 * JDK.
 */
package io.proxyroute.filter;
