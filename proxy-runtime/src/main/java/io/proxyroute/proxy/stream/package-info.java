/**
 * What the two sides of the data path exchange, independent of the protocol version: heads, header fields, the streams of
 * clients and backends, and the causes of an exchange's end. A leaf: imports Netty's buffers and channels, and nothing of
 * this project. Everything here is confined to the event loop of the connection that it belongs to.
 */
package io.proxyroute.proxy.stream;
