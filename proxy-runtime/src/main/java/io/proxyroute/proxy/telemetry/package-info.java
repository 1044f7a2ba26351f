/**
 * What the process knows about itself: meters, the live set, memory, threads, the last minute's rates, the access log.
 * Imports the contract and the ledger; nobody's event loop but for recording, which neither waits nor allocates. Reading
 * happens on the telemetry thread and on those that answer requests of the admin and health ports.
 */
package io.proxyroute.proxy.telemetry;
