/**
 * Resource ownership. Every exchange has one {@link io.proxyroute.proxy.ledger.ExchangeRecord}; it tracks all resources
 * acquired for the exchange and releases them when the exchange ends. Imports the stream package's end causes, the loop
 * package and the contract. A record is confined to the event loop of its exchange; the ledger's totals may be read on
 * any thread.
 */
package io.proxyroute.proxy.ledger;
