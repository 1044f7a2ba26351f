package io.proxyroute.bench;

import io.proxyroute.bench.measure.Sample;

/**
 * One start of one proxy.
 *
 * @param coldStart the ten seconds after it is ready, under saturated load
 * @param saturated warm, under saturated load
 * @param paced warm, about 10,000 requests/s
 */
record PeerRound(Sample coldStart, Sample saturated, Sample paced) {

    String describe() {
        return "cold start %.1f µs, p99 %.1f ms; saturated %.1f µs, p99 %.1f ms; paced %.1f µs, p99 %.2f ms"
                .formatted(
                        coldStart.cpuMicrosPerRequest(),
                        coldStart.p99Millis(),
                        saturated.cpuMicrosPerRequest(),
                        saturated.p99Millis(),
                        paced.cpuMicrosPerRequest(),
                        paced.p99Millis());
    }
}
