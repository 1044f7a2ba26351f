package io.proxyroute.operator.remediation.decision;

import java.time.Instant;

/**
 * What a proxy process last reported about itself.
 *
 * @param startedAt identifies the process among those of the same pod
 * @param configHash hash of the configuration that the process serves
 * @param proxyErrors responses lost through its own fault since it started: it shut down too early, or failed itself.
 *     Failures that a backend or a filter may have caused do not count, since they say nothing about a replacement
 */
public record ProcessStatus(Instant startedAt, String configHash, long proxyErrors) {}
