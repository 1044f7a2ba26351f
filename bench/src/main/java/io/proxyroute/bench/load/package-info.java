/** The load generator: wrk, its two load shapes and its report. */
package io.proxyroute.bench.load;
