/**
 * The process's own small HTTP servers: the admin port over mutual TLS, and the server behind the health port. Imports the
 * contract and the packages that the admin API exposes. Sockets share one event loop apart from traffic's; handlers run on
 * a few platform threads, may block, and are out of reach of custom filters.
 */
package io.proxyroute.proxy.admin;
