/**
 * Runs custom filters: finds their classes, keeps their instances across configuration changes, runs each call on its own
 * virtual thread, and lends it resources of the proxy that can be revoked. A {@link FilterRuntime} prepares a {@link
 * FilterSet} for each configuration document; a rule's chain starts a {@code ChainRun} for each exchange, which runs one
 * {@code FilterCall} after the other.
 *
 * <p>Imports the filter API, the contract, and from the proxy stream, ledger, loop, pool and the filter interfaces of
 * http.
 *
 * <p>Two kinds of threads meet here. The exchange's event loop owns the run, the ledger record and all connections, and
 * never waits. A filter's thread owns the call's context and may block. It queues work on the loop with {@code execute};
 * once the exchange has ended, such work has no effect.
 */
package io.proxyroute.proxy.filter;
