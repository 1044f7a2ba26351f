package io.proxyroute.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTimeoutTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "timeout=5; 4000",
                "timeout=5, max=100; 4000",
                "max=100, Timeout=60; 59000",
                "timeout=1; 500",
                "timeout=0; 0"
            })
    void isTimeoutLessMargin(String value, long millis) {
        assertThat(KeepAliveTimeout.nanos(value)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "max=100",
                "timeout",
                "timeout=",
                "timeout=-1",
                "timeout=x",
                "timeout=99999999999",
                "timeout=1.5"
            })
    void isUnlimitedWithoutValidTimeout(String value) {
        assertThat(KeepAliveTimeout.nanos(value)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void isUnlimitedWithoutField() {
        assertThat(KeepAliveTimeout.nanos(null)).isEqualTo(Long.MAX_VALUE);
    }
}
