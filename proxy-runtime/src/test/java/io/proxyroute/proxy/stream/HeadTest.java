package io.proxyroute.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadTest {

    private static Head request(String authority, long length) {
        return Head.request("GET", authority, "/", Protocol.HTTP_1_1, length, new Fields());
    }

    @Nested
    class Values {

        @Test
        void includeMembers() {
            Head head = request("a:80", 7);
            head.setUpgrade("websocket");

            assertThat(head.values("host")).containsExactly("a:80");
            assertThat(head.values("content-length")).containsExactly("7");
            assertThat(head.values("upgrade")).containsExactly("websocket");
        }

        @ParameterizedTest
        @CsvSource({"0", "-1"})
        void omitLengthOfMissingOrUnknownBody(long length) {
            assertThat(request("a", length).values("content-length")).isEmpty();
        }

        @Test
        void areEmptyForAbsentMembers() {
            assertThat(request("", 0).values("host")).isEmpty();
            assertThat(request("", 0).values("upgrade")).isEmpty();
            assertThat(Head.response(200, Protocol.HTTP_1_1, 0, new Fields()).values("host"))
                    .isEmpty();
        }

        @Test
        void preferMembersToContradictingFields() {
            Head head = request("a", 7);
            head.fields().add("host", "evil");
            head.fields().add("content-length", "999");

            assertThat(head.values("host")).containsExactly("a");
            assertThat(head.values("content-length")).containsExactly("7");
        }

        @Test
        void keepOrderAndIgnoreCase() {
            Head head = request("a", 0);
            head.fields().add("X-A", "1");
            head.fields().add("x-a", "2");

            assertThat(head.values("x-a")).containsExactly("1", "2");
        }
    }

    @ParameterizedTest
    @CsvSource({"99, false", "100, true", "103, true", "199, true", "200, false"})
    void isInterimFrom100To199(int status, boolean interim) {
        assertThat(Head.response(status, Protocol.HTTP_1_1, 0, new Fields()).isInterim())
                .isEqualTo(interim);
    }
}
