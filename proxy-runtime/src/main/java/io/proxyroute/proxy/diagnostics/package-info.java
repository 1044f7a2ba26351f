/**
 * Evidence on request: threads grouped by stack, classes by size. Imports the contract and the telemetry package. Runs on
 * the threads of the admin port, and may block for seconds.
 */
package io.proxyroute.proxy.diagnostics;
