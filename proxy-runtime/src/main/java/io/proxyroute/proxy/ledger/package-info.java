/**
 * Resource ownership. Every exchange has one {@link io.proxyroute.proxy.ledger.ExchangeRecord}; whatever is acquired for
 * the exchange is tracked there, and closing the record at the end of the exchange releases it. Imports the stream
 * package's end causes, the loop package and the contract. A record is confined to the event loop of its exchange; the
 * ledger's totals may be read on any thread.
 */
package io.proxyroute.proxy.ledger;
