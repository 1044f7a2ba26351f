/**
 * HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112) on both sides: connections of clients and links to backends, decoders and
 * encoders, framing, and hop-by-hop fields. The only HTTP codec of the data path. Imports stream, the pool's abstract
 * links, wire and loop; never the exchange side, which the assembly connects. Confined to the event loop of each
 * connection.
 */
package io.proxyroute.proxy.http1;
