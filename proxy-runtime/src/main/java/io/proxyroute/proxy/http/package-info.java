/**
 * The life of a request, independent of the protocol version: the exchange, its attempts at a backend, its deadlines,
 * the stage of filters on the request, and the rules for requests and responses. Talks to clients through a
 * ClientStream and to backends through leases of the pool. Imports stream, pool, routing, ledger, loop and the
 * contract; knows no protocol, administration or telemetry. An exchange is confined to the event loop of its client
 * connection.
 */
package io.proxyroute.proxy.http;
