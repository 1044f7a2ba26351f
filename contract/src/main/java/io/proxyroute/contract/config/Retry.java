package io.proxyroute.contract.config;

import java.time.Duration;
import java.util.List;

/**
 * Which failed attempts are retried on another connection, and how often.
 *
 * @param attempts maximum number of retries, not counting the first attempt, as in the Gateway API
 * @param codes status codes of backend responses to retry, in addition to connections that fail before any response
 * @param backoff delay before the first retry; it doubles with each further retry and has jitter
 * @param budgetPercent maximum number of retries as a percentage of the requests in flight
 */
public record Retry(int attempts, List<Integer> codes, Duration backoff, int budgetPercent) {

    public Retry {
        codes = codes == null ? List.of() : List.copyOf(codes);
    }
}
