package io.proxyroute.proxy.http;

/**
 * Totals over all loops, each of its own moment.
 *
 * @param inFlight exchanges begun and not ended
 * @param connections open client connections
 * @param requestsTotal exchanges ended
 * @param proxyErrorsTotal answers of 5xx that the proxy made, and answers cut short
 * @param proxyFaultsTotal those of them that the proxy alone is to blame for: {@code EndCause.proxyFault()}
 * @param backendErrorsTotal answers of 5xx passed on from backends
 */
public record TrafficCounts(
        int inFlight,
        int connections,
        long requestsTotal,
        long proxyErrorsTotal,
        long proxyFaultsTotal,
        long backendErrorsTotal) {}
