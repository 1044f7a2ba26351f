/**
 * The interfaces between the two sides of the data path, independent of the protocol version: heads, header fields, the
 * streams of clients and backends, and the causes of an exchange's end. Imports Netty's buffers, channels, HttpHeaders
 * and AsciiString, and nothing of this project. Streams and heads are confined to the event loop of their connection;
 * Authority, FieldNames, ReservedFields, EndCause, Peer and Protocol are immutable.
 */
package io.proxyroute.proxy.stream;
