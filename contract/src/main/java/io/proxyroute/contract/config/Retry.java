package io.proxyroute.contract.config;

import java.time.Duration;
import java.util.List;

/**
 * When a failed attempt is made again on another connection.
 *
 * @param attempts retries, the first attempt not counted, as in the Gateway API
 * @param codes backend answers that are retried, beside connections that fail before any answer
 * @param backoff the pause before the first retry; doubled, with jitter, for each further one
 * @param budgetPercent retries may be at most this share of the requests in flight
 */
public record Retry(int attempts, List<Integer> codes, Duration backoff, int budgetPercent) {

    public Retry {
        codes = codes == null ? List.of() : List.copyOf(codes);
    }
}
