/**
 * Runs custom filters: finds their classes, keeps their instances over changes of configuration, runs each call on a
 * virtual thread of its own, and lends it what belongs to the proxy in a form that can be taken back. Imports the filter
 * API, the contract, and of the proxy the http seams, the pools, the ledger and the loops.
 *
 * <p>Two kinds of threads meet here. The exchange's event loop owns the run, the ledger record and every connection; it
 * never waits. The filter's thread owns the call's context and blocks as it likes; it hands over to the loop by execute,
 * and what it asks for is dropped once the exchange is over.
 */
package io.proxyroute.proxy.filter;
