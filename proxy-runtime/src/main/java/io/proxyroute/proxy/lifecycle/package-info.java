/**
 * The process's lifecycle: warm-up before readiness, the health port, drain before exit. Imports the http, pool, ledger,
 * loop, admin and telemetry packages and the contract. Runs on the main thread and on threads of its own, never on the
 * data path.
 */
package io.proxyroute.proxy.lifecycle;
