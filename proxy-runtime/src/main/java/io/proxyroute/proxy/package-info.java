/**
 * The proxy process: its command line, and the one place where its parts are put together. Imports everything below;
 * nothing imports it.
 */
package io.proxyroute.proxy;
