package io.proxyroute.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceLimitsTest {

    private static final long MIB = 1 << 20;

    /** The connections of clients and backends together leave 64 descriptors free, whatever their number. */
    @ParameterizedTest
    @CsvSource({"300, 60", "1024, 100", "20000, 150", "1048576, 150"})
    void leaveDescriptorsFree(int max, int open) {
        ResourceLimits limits = ResourceLimits.of(98 * MIB, 235 * MIB, max, open);

        assertThat((long) limits.clientConnections() + limits.backendConnections() + open)
                .isLessThanOrEqualTo(max - ResourceLimits.FREE_DESCRIPTORS);
        assertThat(limits.backendConnections()).isPositive();
        assertThat(limits.descriptors()).isEqualTo(max - 64);
    }

    @ParameterizedTest
    @CsvSource({"10, 5", "64, 64", "100, 200"})
    void allowOneConnectionEachWithoutDescriptors(int max, int open) {
        ResourceLimits limits = ResourceLimits.of(98 * MIB, 235 * MIB, max, open);

        assertThat(limits.clientConnections()).isEqualTo(1);
        assertThat(limits.backendConnections()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"64, 4096", "235, 15040", "4096, 262144"})
    void followHeap(long heapMiB, int connections) {
        assertThat(ResourceLimits.of(98 * MIB, heapMiB * MIB, 1 << 20, 100).clientConnections())
                .isEqualTo(connections);
    }
}
