/**
 * What the proxy does before it runs out of memory, connections or descriptors: how much of each is in use, and which
 * actions that calls for. The event loops read {@link io.proxyroute.proxy.overload.Overload} and carry the actions out.
 */
package io.proxyroute.proxy.overload;
