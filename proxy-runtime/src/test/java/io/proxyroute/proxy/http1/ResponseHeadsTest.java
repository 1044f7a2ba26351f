package io.proxyroute.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseHeadsTest {

    /** A response as Netty decodes it. Fields are separated by {@code |}. */
    private static HttpResponse response(String version, int status, String fields) {
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        if (fields != null) {
            for (String field : fields.split("\\|")) {
                int colon = field.indexOf(':');
                headers.add(
                        field.substring(0, colon), field.substring(colon + 1).strip());
            }
        }
        return new DefaultHttpResponse(HttpVersion.valueOf(version), HttpResponseStatus.valueOf(status), headers);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, 99, , a status outside 200 to 999",
        "HTTP/1.1, 101, , a status outside 200 to 999",
        "HTTP/1.1, 1000, , a status outside 200 to 999",
        "HTTP/2.0, 200, , a protocol version other than HTTP/1",
        "HTTP/1.1, 200, transfer-encoding: gzip, a transfer coding other than chunked",
        "HTTP/1.1, 200, 'transfer-encoding: gzip, chunked', a transfer coding other than chunked",
        "HTTP/1.1, 200, transfer-encoding: chunked|transfer-encoding: chunked, a transfer coding other than chunked",
        "HTTP/1.1, 200, transfer-encoding: identity, a transfer coding other than chunked"
    })
    void namesFaultOfMalformedResponse(String version, int status, String fields, String fault) {
        assertThat(ResponseHeads.violation(response(version, status, fields))).isEqualTo(fault);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, 200, content-length: 7, true, 7, HTTP_1_1",
        "HTTP/1.1, 200, content-length: 0, true, 0, HTTP_1_1",
        "HTTP/1.1, 200, transfer-encoding: chunked, true, -1, HTTP_1_1",
        "HTTP/1.1, 999, transfer-encoding: CHUNKED, true, -1, HTTP_1_1",
        "HTTP/1.1, 200, , false, -1, HTTP_1_1",
        "HTTP/1.0, 404, , false, -1, HTTP_1_0"
    })
    void readsFramingIntoLength(
            String version, int status, String fields, boolean framed, long length, Protocol receivedAs) {
        HttpResponse response = response(version, status, fields);
        assertThat(ResponseHeads.violation(response)).isNull();
        assertThat(ResponseHeads.hasExplicitEnd(response)).isEqualTo(framed);

        Head head = ResponseHeads.of(response);
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.length()).isEqualTo(length);
        assertThat(head.receivedAs()).isEqualTo(receivedAs);
        assertThat(head.fields().isEmpty()).isTrue();
    }

    @Test
    void chunkedWinsOverContentLength() {
        Head head = ResponseHeads.of(response("HTTP/1.1", 200, "content-length: 3|transfer-encoding: chunked"));

        assertThat(head.length()).isEqualTo(Head.UNKNOWN);
        assertThat(head.fields().isEmpty()).isTrue();
    }
}
