/**
 * Pushes configuration and endpoints: {@link io.proxyroute.operator.push.ConfigPusher} keeps every proxy on the target of
 * its route, one virtual thread per proxy. May import {@code admin} and the contract, and no Kubernetes client.
 */
package io.proxyroute.operator.push;
