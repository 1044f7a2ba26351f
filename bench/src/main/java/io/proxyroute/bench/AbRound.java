package io.proxyroute.bench;

import io.proxyroute.bench.measure.Sample;

/**
 * One round.
 *
 * @param base the version to compare with
 * @param baseRepeat another process of the same version
 * @param head the version under test
 */
record AbRound(Sample base, Sample baseRepeat, Sample head) {

    double cpuRatio() {
        return head.cpuMicrosPerRequest() / base.cpuMicrosPerRequest();
    }

    double controlCpuRatio() {
        return baseRepeat.cpuMicrosPerRequest() / base.cpuMicrosPerRequest();
    }

    double allocationRatio() {
        return head.allocatedBytesPerRequest() / base.allocatedBytesPerRequest();
    }

    double controlAllocationRatio() {
        return baseRepeat.allocatedBytesPerRequest() / base.allocatedBytesPerRequest();
    }

    String describe() {
        return "CPU %.1f, %.1f, %.1f µs; head/base %.3f, base/base %.3f; allocated %.0f, %.0f, %.0f B"
                .formatted(
                        base.cpuMicrosPerRequest(),
                        baseRepeat.cpuMicrosPerRequest(),
                        head.cpuMicrosPerRequest(),
                        cpuRatio(),
                        controlCpuRatio(),
                        base.allocatedBytesPerRequest(),
                        baseRepeat.allocatedBytesPerRequest(),
                        head.allocatedBytesPerRequest());
    }
}
