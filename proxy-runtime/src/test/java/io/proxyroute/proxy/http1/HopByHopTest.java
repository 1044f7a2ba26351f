package io.proxyroute.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {

    private static HttpHeaders headers(String... namesAndValues) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Upgrade",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "Content-Length",
                "Transfer-Encoding"
            })
    void removesFieldsOfConnectionAndFraming(String name) {
        HttpHeaders headers = headers(name, "1", "x-kept", "1");
        HopByHop.strip(headers);

        assertThat(headers.names()).containsExactly("x-kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-hop", "X-Hop", "keep-alive, X-HOP", "x-a , x-hop ,", "close,x-hop"})
    void removesFieldsThatConnectionNames(String connection) {
        HttpHeaders headers = headers("connection", connection, "x-hop", "1", "X-HOP", "2", "x-kept", "1");
        HopByHop.strip(headers);

        assertThat(headers.names()).containsExactly("x-kept");
    }

    @Test
    void readsEveryConnectionField() {
        HttpHeaders headers = headers("connection", "close", "connection", "x-a", "connection", "x-b", "x-a", "1");
        headers.add("x-b", "1");
        HopByHop.strip(headers);

        assertThat(headers.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "Forwarded",
                "Max-Forwards",
                "Traceparent",
                "Tracestate",
                "Via",
                "X-Forwarded-For",
                "X-Forwarded-Proto"
            })
    void keepsProtectedFieldsThatConnectionNames(String name) {
        HttpHeaders headers = headers("connection", name, name, "1");
        HopByHop.strip(headers);

        assertThat(headers.get(name)).isEqualTo("1");
    }

    @Test
    void removesFramingAndHostFromTrailers() {
        HttpHeaders trailers = headers("content-length", "1", "transfer-encoding", "chunked", "host", "a");
        trailers.add("connection", "x-hop").add("x-hop", "1").add("x-kept", "1");
        HopByHop.stripTrailers(trailers);

        assertThat(trailers.names()).containsExactly("x-kept");
    }

    @ParameterizedTest
    @CsvSource({"trailers, true", "Trailers, true", "'gzip, trailers', true", "gzip, false", "trailersx, false"})
    void acceptsTrailersIfTeNamesThem(String te, boolean accepted) {
        assertThat(HopByHop.acceptsTrailers(headers("te", te))).isEqualTo(accepted);
    }

    @Test
    void acceptsNoTrailersWithoutTe() {
        assertThat(HopByHop.acceptsTrailers(headers("trailer", "x"))).isFalse();
    }
}
