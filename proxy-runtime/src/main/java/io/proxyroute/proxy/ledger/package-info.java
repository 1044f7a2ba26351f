/**
 * Who owns what. Every exchange has one record; whatever is acquired for it is entered there, and the end of the exchange
 * closes the record, which releases what it owns. Imports the loop package and the contract. A record is confined to the
 * event loop of its exchange; the ledger's totals may be read from any thread.
 */
package io.proxyroute.proxy.ledger;
