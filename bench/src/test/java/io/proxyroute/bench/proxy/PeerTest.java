package io.proxyroute.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {

    @ParameterizedTest
    @CsvSource({
        "nginx version: nginx/1.22.1, 1.22.1",
        "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/, 2.6.12",
        "envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL, 1.40.0"
    })
    void findsTheVersion(String output, String version) {
        assertThat(Peer.parseVersion(output)).isEqualTo(version);
    }

    @Test
    void refusesOutputWithoutVersion() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Peer.parseVersion("not found"))
                .withMessage("No version in: not found");
    }
}
