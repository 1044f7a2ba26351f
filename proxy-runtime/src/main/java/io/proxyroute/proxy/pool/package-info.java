/**
 * Connections to backends: HTTP/1.1, kept alive, leased to one exchange at a time. Imports the loop and ledger packages
 * and the contract. A connection, its lease and its listener are confined to one event loop, which is that of the client
 * connection it works for; caps and waiters are shared by all loops.
 */
package io.proxyroute.proxy.pool;
