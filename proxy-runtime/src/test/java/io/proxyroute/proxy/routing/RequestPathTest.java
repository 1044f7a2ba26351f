package io.proxyroute.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules match the path that a backend may derive from the request. */
class RequestPathTest {

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "*, *",
        "/a/b, /a/b",
        "/%61dmin, /admin",
        "/%41%7A%30%2d%2E%5f%7e, /Az0-._~",
        "//admin, /admin",
        "/a///b//, /a/b/",
        "/%2fadmin, /%2Fadmin",
        "/a%20b%3Fc, /a%20b%3Fc",
        "/%2561dmin, /%2561dmin",
        "/%zz%6, /%zz%6",
        "/%, /%",
        "/caf%C3%A9, /caf%C3%A9",
        "/caf%c3%a9, /caf%C3%A9",
    })
    void decodesNeedlessEscapesAndMergesSlashes(String path, String normal) {
        assertThat(RequestPath.normalize(path)).isEqualTo(normal);
        assertThat(RequestPath.normalize(normal)).as("normalized twice").isEqualTo(normal);
    }

    @Test
    void returnsSameInstanceForNormalizedPath() {
        String path = new String("/shop/cart.html");
        assertThat(RequestPath.normalize(path)).isSameAs(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/.",
                "/a/../b",
                "/a/./b",
                "/a/%2e%2E/b",
                "/a/.%2e",
                "/public/..;/admin",
                "/public/..;x=1/admin",
                "/public/.;/admin",
                "/public/..%2fadmin",
                "/public/..%2Fadmin",
                "/public/..%5cadmin",
                "/public%2f..%2fadmin",
                "/public%5C..",
                "/public\\..\\admin",
                "/a\\b",
                "..",
            })
    void findsDotSegmentsInEverySpelling(String path) {
        assertThat(RequestPath.hasDotSegments(RequestPath.normalize(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "*",
                "/...",
                "/a..b/..c/d..",
                "/.well-known/x",
                "/a;v=1.0/b",
                "/a;../b",
                "/a%2fb",
                "/a.b%2f.c",
                "/%252e%252e/",
                "/%2",
            })
    void acceptsPathsWithoutDotSegments(String path) {
        assertThat(RequestPath.hasDotSegments(RequestPath.normalize(path))).isFalse();
    }
}
