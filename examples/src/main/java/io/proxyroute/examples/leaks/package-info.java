/**
 * Filters that leak: nine mistakes that easily pass a code review. The first four leak resources of the proxy, which reports
 * the line of code and reclaims the resource when the exchange ends. The other five leak memory or threads of the process,
 * which the proxy cannot reclaim: the pod has to be replaced.
 */
package io.proxyroute.examples.leaks;
