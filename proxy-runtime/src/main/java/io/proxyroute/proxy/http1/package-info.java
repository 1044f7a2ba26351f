/**
 * HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112) on both sides: connections of clients and links to backends, decoders and
 * encoders, framing, and the fields that belong to one connection only. The one package that knows Netty's HTTP types.
 * Imports stream, the pool's abstract links, wire and loop; never the exchange side, which the assembly connects. Confined
 * to the event loop of each connection.
 */
package io.proxyroute.proxy.http1;
