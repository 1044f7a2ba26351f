/**
 * The data path: client connections, the exchanges on them, and what is done to a request on its way to a backend and to
 * the answer on its way back. Imports the loop, ledger, pool and routing packages and the contract; knows nothing of
 * administration, telemetry or the process' life. An exchange is confined to the event loop of its client connection.
 */
package io.proxyroute.proxy.http;
