/**
 * The socket under a connection: batched writes, half-close, abort, and the bytes not yet written to the socket.
 * Imports only Netty. Confined to the event loop of the channel.
 */
package io.proxyroute.proxy.wire;
