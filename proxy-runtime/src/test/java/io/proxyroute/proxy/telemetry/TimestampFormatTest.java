package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampFormatTest {

    private final TimestampFormat format = new TimestampFormat();

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 999, 1_000, 1_700_000_000_123L, 1_700_000_000_124L, 1_700_000_000_999L, 4_102_444_799_999L})
    void keepsMilliseconds(long epochMillis) {
        format.format(1_700_000_000_000L);

        String text = format.format(epochMillis);

        assertThat(text).hasSize("2026-01-01T00:00:00.000Z".length());
        assertThat(Instant.parse(text)).isEqualTo(Instant.ofEpochMilli(epochMillis));
        assertThat(format.format(epochMillis)).isEqualTo(text);
    }
}
