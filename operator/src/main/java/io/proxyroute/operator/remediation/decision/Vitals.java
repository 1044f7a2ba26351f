package io.proxyroute.operator.remediation.decision;

import java.time.Instant;

/**
 * What a proxy process said of itself in its newest sample.
 *
 * @param startedAt tells it from the processes before and after it in the same pod
 * @param configHash of what it serves
 * @param proxyErrors answers that it has lost since it started by its own fault: it shut down too early, or failed itself.
 *     Those that a backend or a filter may have caused are left out: they say nothing of a replacement
 */
public record Vitals(Instant startedAt, String configHash, long proxyErrors) {}
