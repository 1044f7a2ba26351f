/** The statistics of repeated measurements. */
package io.proxyroute.bench.stats;
