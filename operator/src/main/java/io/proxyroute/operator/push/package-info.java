/**
 * The operator's side of the proxies' admin port: one mutually authenticated HTTP client, and a pusher that keeps every
 * proxy of a route on the route's configuration and endpoints. Knows no Kubernetes. Calls block, on virtual threads.
 */
package io.proxyroute.operator.push;
