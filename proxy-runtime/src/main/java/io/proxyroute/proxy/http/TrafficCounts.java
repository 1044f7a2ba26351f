package io.proxyroute.proxy.http;

/**
 * Totals over all loops. They are read one after the other, so they may be slightly inconsistent.
 *
 * @param inFlight exchanges that have started and not ended
 * @param connections open client connections
 * @param requestsTotal exchanges that have ended
 * @param proxyErrorsTotal 5xx responses that the proxy generated, and responses that were cut short
 * @param proxyFaultsTotal those of them that the proxy itself caused: {@code EndCause.isProxyFault()}
 * @param backendErrorsTotal 5xx responses forwarded from backends
 */
public record TrafficCounts(
        int inFlight,
        int connections,
        long requestsTotal,
        long proxyErrorsTotal,
        long proxyFaultsTotal,
        long backendErrorsTotal) {}
