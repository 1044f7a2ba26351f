package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpDateTest {

    private final HttpDate date = new HttpDate();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            784111777000  | Sun, 06 Nov 1994 08:49:37 GMT
            784111777999  | Sun, 06 Nov 1994 08:49:37 GMT
            1796083200000 | Tue, 01 Dec 2026 00:00:00 GMT
            """)
    void hasTwoDigitsForEachDay(long epochMillis, String expected) {
        assertThat(date.format(0)).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(date.format(epochMillis)).isEqualTo(expected);
    }
}
