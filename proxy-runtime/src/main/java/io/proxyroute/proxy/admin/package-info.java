/**
 * The process' own small HTTP servers: the admin port over mutual TLS, and what serves the health port. Imports the
 * contract and the packages that it gives a door to. Sockets live on one event loop apart from traffic's; requests are
 * answered on a few platform threads, which may block and which no filter can hold.
 */
package io.proxyroute.proxy.admin;
