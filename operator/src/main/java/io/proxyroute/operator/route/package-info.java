/**
 * The reconciler: brings each route from its specification to running proxies, and reports the result in its status. It
 * connects the other packages and decides little itself. Runs on the framework's threads, one reconciliation of a route at
 * a time; nothing here waits for a proxy.
 */
package io.proxyroute.operator.route;
