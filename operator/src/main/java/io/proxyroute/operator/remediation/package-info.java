/**
 * Finds leaking proxies and replaces them. {@code detection} turns samples into findings, and {@code decision} turns
 * findings into guarded steps over a few ports; both are pure. {@code loop} runs them for each route, {@code cluster}
 * implements the ports over the API server, and {@code evidence} collects diagnostics from pods and writes reports. A
 * remediation is called a run everywhere.
 */
package io.proxyroute.operator.remediation;
