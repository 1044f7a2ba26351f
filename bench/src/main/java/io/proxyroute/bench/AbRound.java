package io.proxyroute.bench;

import io.proxyroute.bench.measure.Sample;

/**
 * One round.
 *
 * @param base the version to compare with
 * @param baseAgain another process of it
 * @param head the version in question
 */
record AbRound(Sample base, Sample baseAgain, Sample head) {

    double cpuRatio() {
        return head.cpuMicrosPerRequest() / base.cpuMicrosPerRequest();
    }

    double cpuRatioOfBase() {
        return baseAgain.cpuMicrosPerRequest() / base.cpuMicrosPerRequest();
    }

    double allocationRatio() {
        return head.allocatedBytesPerRequest() / base.allocatedBytesPerRequest();
    }

    double allocationRatioOfBase() {
        return baseAgain.allocatedBytesPerRequest() / base.allocatedBytesPerRequest();
    }

    String describe() {
        return "CPU %.1f, %.1f, %.1f µs; head/base %.3f, base/base %.3f; allocated %.0f, %.0f, %.0f B"
                .formatted(
                        base.cpuMicrosPerRequest(),
                        baseAgain.cpuMicrosPerRequest(),
                        head.cpuMicrosPerRequest(),
                        cpuRatio(),
                        cpuRatioOfBase(),
                        base.allocatedBytesPerRequest(),
                        baseAgain.allocatedBytesPerRequest(),
                        head.allocatedBytesPerRequest());
    }
}
