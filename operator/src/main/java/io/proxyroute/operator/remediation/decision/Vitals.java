package io.proxyroute.operator.remediation.decision;

import java.time.Instant;

/**
 * The newest report of a proxy process about itself.
 *
 * @param startedAt identifies the process among those of the same pod
 * @param configHash of the configuration that it serves
 * @param proxyErrors responses lost through its own fault since it started: it shut down too early, or failed itself.
 *     Failures that a backend or a filter may have caused do not count, since they say nothing about a replacement
 */
public record Vitals(Instant startedAt, String configHash, long proxyErrors) {}
