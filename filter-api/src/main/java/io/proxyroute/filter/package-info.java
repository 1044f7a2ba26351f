/**
 * What custom filters are written against. A filter runs on a virtual thread of its own for each request and may block;
 * everything it obtains through its {@link io.proxyroute.filter.FilterContext} belongs to the exchange and is taken back
 * when the exchange ends.
 */
package io.proxyroute.filter;
