/**
 * Diagnostics on demand: threads grouped by stack, live objects by class. Imports the contract and the telemetry package.
 * Runs on the admin port's threads and may block for seconds.
 */
package io.proxyroute.proxy.diagnostics;
