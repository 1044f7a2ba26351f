package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * Time limits of an exchange; zero means no limit. If the request has a body, {@code request} and {@code
 * backendRequest} start at its last byte: {@code idle} bounds a long upload, as it bounds a long response.
 *
 * @param request time from the request headers to the response headers, over all attempts
 * @param backendRequest the same for one attempt
 * @param idle how long a body may transfer no bytes
 * @param clientIdle how long a client's connection may be idle between requests
 * @param requestHeaders time from the first byte of a request to the end of its headers
 * @param maxStreamDuration time from the request headers to the end of the response
 */
public record Timeouts(
        Duration request,
        Duration backendRequest,
        Duration idle,
        Duration clientIdle,
        Duration requestHeaders,
        Duration maxStreamDuration) {

    /** The API's defaults. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(75),
            Duration.ofSeconds(10),
            Duration.ZERO);
}
