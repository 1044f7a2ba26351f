package io.proxyroute.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathValuesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api", "/api/", "/a/*/b", "/...", "/.well-known/x", "/%20", "/a;v=1", "/caf%C3%A9"})
    void acceptsPathsThatRequestsCanHave(String path) {
        assertThat(PathValues.fault(MatchType.Exact, path)).isNull();
        assertThat(PathValues.fault(MatchType.PathPrefix, path)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            api          | must start with a slash
            /a b         | must contain visible ASCII characters only: write the character at index 2
            /café        | must contain visible ASCII characters only: write the character at index 4
            /a?b=1       | must not contain a question mark
            /a#b         | must not contain #
            /a\\b        | must not contain a backslash
            /a/../b      | must not contain the segments . and ..
            /a/.         | must not contain the segments . and ..
            /a/%2E%2e/b  | must not contain the segments . and ..
            /a/..%2fb    | must not contain the segments . and ..
            /a/..;x/b    | must not contain the segments . and ..
            """)
    void rejectsPathsThatNoRequestHas(String path, String fault) {
        assertThat(PathValues.fault(MatchType.Exact, path)).startsWith(fault);
        assertThat(PathValues.fault(MatchType.PathPrefix, path)).startsWith(fault);
    }

    @ParameterizedTest
    @CsvSource({"/api/*, /api", "/*, /"})
    void rejectsPrefixWithWildcard(String prefix, String instead) {
        assertThat(PathValues.fault(MatchType.PathPrefix, prefix)).endsWith("so write \"" + instead + "\"");
    }
}
