/**
 * Which rule takes a request. Compiled from a configuration document, immutable, and used by all loops at once. Imports
 * the contract, RE2/J and Netty's header type; knows no sockets.
 */
package io.proxyroute.proxy.routing;
