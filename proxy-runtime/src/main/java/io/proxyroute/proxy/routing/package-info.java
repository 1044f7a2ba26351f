/**
 * Matching requests to rules. A routing table is compiled from a configuration document, is immutable, and is shared by all
 * loops. Imports the contract, RE2/J and Netty's header type, and no sockets.
 */
package io.proxyroute.proxy.routing;
