/**
 * Evidence that a proxy gives on request, for a report: tables of threads, classes, exchanges. Records only, each
 * bounded by the proxy.
 */
package io.proxyroute.contract.diagnostics;
