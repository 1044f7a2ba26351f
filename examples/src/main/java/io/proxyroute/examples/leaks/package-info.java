/**
 * What not to do: nine filters, each with one leak that passes a review. The first four hold what belongs to the proxy,
 * which names the line and takes the thing back when the exchange ends. The other five hold memory or threads of the
 * process, which nobody can take back: the pod has to be replaced.
 */
package io.proxyroute.examples.leaks;
