/**
 * Matching requests to rules. A routing table is compiled from a configuration document, is immutable, and is shared by
 * all loops. Imports stream, the contract, RE2/J and Netty's query decoder, and no channels.
 */
package io.proxyroute.proxy.routing;
