package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * Times of an exchange. Zero means none, everywhere. Where a body is still arriving, {@code request} and {@code
 * backendRequest} count from its last byte: a long upload is ruled by {@code idle}, as a long answer is.
 *
 * @param request from the request's head to the answer's head, over all attempts
 * @param backendRequest the same for one attempt
 * @param idle how long a connection or a stream may be silent
 * @param requestHeaders from the first byte of a request to the end of its headers
 * @param maxStreamDuration from the request's head to the end of the answer
 */
public record Timeouts(
        Duration request, Duration backendRequest, Duration idle, Duration requestHeaders, Duration maxStreamDuration) {

    /** The API's defaults. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ZERO);
}
