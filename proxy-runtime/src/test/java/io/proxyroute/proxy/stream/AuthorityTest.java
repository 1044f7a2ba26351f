package io.proxyroute.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    @ParameterizedTest
    @CsvSource({
        "a, a",
        "Shop.Example, shop.example",
        "a:80, a",
        "a:, a",
        "'', ''",
        ":80, ''",
        "a-b_c.d1, a-b_c.d1",
        "127.0.0.1:8080, 127.0.0.1",
        "shop.example., shop.example",
        "shop.example.:443, shop.example",
        "a:65535, a",
        "[::1], [::1]",
        "[0:0:0:0:0:0:0:1], [::1]",
        "[2001:db8:0:0:0:0:0:1], [2001:db8::1]",
        "[::FFFF:10.0.0.1], [::ffff:a00:1]",
        "[2001:DB8::1]:443, [2001:db8::1]"
    })
    void normalizesHost(String authority, String host) {
        assertThat(Authority.isValid(authority)).isTrue();
        assertThat(Authority.host(authority)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a]", "[:::1]", "[1:2:3:4:5:6:7:8:9]", "[10.0.0.1]"})
    void rejectsBracketedHostThatIsNotIpv6(String authority) {
        assertThat(Authority.host(authority)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a/b",
                "a?b",
                "a#b",
                "a\\b",
                "a,b",
                "user@a",
                "a%20b",
                "a:x",
                "a:8o",
                "a:65536",
                "a:4294967376",
                "a:-1",
                "a:+1",
                "a:80:80",
                "::1",
                "[",
                "[::1",
                "::1]",
                "[::1]x",
                "[::1]80",
                "x[::1]",
                "[a]b]",
                "[::1%25eth0]",
                "a\r\nx: y",
                "caf\u00e9"
            })
    void rejectsMalformedAuthority(String authority) {
        assertThat(Authority.isValid(authority)).isFalse();
        assertThat(Authority.host(authority)).isNull();
    }
}
