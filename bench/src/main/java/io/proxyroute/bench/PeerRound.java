package io.proxyroute.bench;

import io.proxyroute.bench.measure.Sample;

/**
 * One start of one proxy.
 *
 * @param firstSeconds the ten seconds after it is ready, under saturating load
 * @param saturated warm, as many requests as it takes
 * @param paced warm, about 10,000 requests/s
 */
record PeerRound(Sample firstSeconds, Sample saturated, Sample paced) {

    String describe() {
        return "first seconds %.1f µs, p99 %.1f ms; saturated %.1f µs, p99 %.1f ms; paced %.1f µs, p99 %.2f ms"
                .formatted(
                        firstSeconds.cpuMicrosPerRequest(),
                        firstSeconds.p99Millis(),
                        saturated.cpuMicrosPerRequest(),
                        saturated.p99Millis(),
                        paced.cpuMicrosPerRequest(),
                        paced.p99Millis());
    }
}
