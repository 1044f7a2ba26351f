package io.proxyroute.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedFieldsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "CONTENT-LENGTH",
                "keep-alive",
                "Proxy-Connection",
                "te",
                "Transfer-Encoding",
                "UPGRADE"
            })
    void removesReservedFieldsIgnoringCase(String name) {
        Fields fields = new Fields();
        fields.add(name, "1");
        fields.add(name.toLowerCase(java.util.Locale.ROOT), "2");
        ReservedFields.removeFrom(fields);

        assertThat(ReservedFields.isReserved(name)).isTrue();
        assertThat(fields.isEmpty()).isTrue();
    }

    @Test
    void keepsOtherFields() {
        Fields fields = new Fields();
        fields.add("content-type", "text/plain");
        fields.add("host", "a");
        ReservedFields.removeFrom(fields);

        assertThat(ReservedFields.isReserved("host")).isFalse();
        assertThat(fields.names()).containsExactlyInAnyOrder("content-type", "host");
    }
}
