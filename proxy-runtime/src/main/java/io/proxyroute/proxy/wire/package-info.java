/**
 * The socket under a connection: what is written to it and when, half-close, abort, and the bytes that it has not taken
 * yet. Imports Netty alone. Confined to the event loop of the channel.
 */
package io.proxyroute.proxy.wire;
