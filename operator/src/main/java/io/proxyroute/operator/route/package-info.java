/**
 * The control loop: brings each route from spec to running proxies, and its status back. Ties the other packages
 * together; decides little itself. Runs on the framework's threads, one reconciliation of a route at a time; nothing
 * here waits for a proxy.
 */
package io.proxyroute.operator.route;
