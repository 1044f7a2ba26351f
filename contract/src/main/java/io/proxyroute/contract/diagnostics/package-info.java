/**
 * Diagnostics that a proxy returns on request, for a report: tables of threads, classes and exchanges. Records only;
 * the proxy bounds the size of each.
 */
package io.proxyroute.contract.diagnostics;
