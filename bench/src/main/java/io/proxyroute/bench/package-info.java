/** The benchmarks' commands. Nothing here knows Kubernetes, or a class of the proxy's: proxies are processes. */
package io.proxyroute.bench;
