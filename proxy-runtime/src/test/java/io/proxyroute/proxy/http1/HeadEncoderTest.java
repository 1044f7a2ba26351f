package io.proxyroute.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import io.proxyroute.proxy.stream.ReservedFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of heads and chunks. */
@ExtendWith(NoLeaks.class)
class HeadEncoderTest {

    private static final String HOST = "host: shop.example:8080\r\n";

    private static String encoded(Consumer<ByteBuf> encode) {
        ByteBuf out = Unpooled.buffer();
        try {
            encode.accept(out);
            return out.toString(StandardCharsets.ISO_8859_1);
        } finally {
            out.release();
        }
    }

    private static Head requestHead(String method, long length, Fields fields) {
        return Head.request(method, "shop.example:8080", "/cart?id=7", Protocol.HTTP_1_1, length, fields);
    }

    private static String request(String method, long length) {
        return encoded(out -> new HeadEncoder().request(requestHead(method, length, new Fields()), out));
    }

    private static String response(int status, long length, HeadEncoder.Framing framing) {
        return response(status, length, framing, HeadEncoder.Connection.DEFAULT);
    }

    private static String response(
            int status, long length, HeadEncoder.Framing framing, HeadEncoder.Connection connection) {
        Head head = Head.response(status, Protocol.HTTP_1_1, length, new Fields());
        return encoded(out -> new HeadEncoder().response(head, framing, connection, out));
    }

    @Nested
    class Requests {

        @Test
        void startWithTargetAndHost() {
            assertThat(request("GET", 0)).isEqualTo("GET /cart?id=7 HTTP/1.1\r\n" + HOST + "\r\n");
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "PUT", "PATCH"})
        void announceEmptyBodyForMethodsWithBody(String method) {
            assertThat(request(method, 0)).endsWith(HOST + "content-length: 0\r\n\r\n");
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS"})
        void omitLengthOfEmptyBodyForOtherMethods(String method) {
            assertThat(request(method, 0)).endsWith(HOST + "\r\n");
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 9, 10, 99, 100, 4096, Long.MAX_VALUE})
        void announceLengthInDecimal(long length) {
            assertThat(request("GET", length)).endsWith(HOST + "content-length: " + length + "\r\n\r\n");
        }

        @Test
        void areChunkedIfLengthIsUnknown() {
            assertThat(request("POST", Head.UNKNOWN)).endsWith(HOST + "transfer-encoding: chunked\r\n\r\n");
        }

        @Test
        void askForTrailersOnlyIfClientAcceptsThem() {
            Head head = requestHead("GET", 0, new Fields());
            head.setAcceptsTrailers(true);

            assertThat(encoded(out -> new HeadEncoder().request(head, out)))
                    .endsWith(HOST + "te: trailers\r\nconnection: te\r\n\r\n");
        }

        @Test
        void keepFieldOrderAndLatin1Values() {
            Fields fields = new Fields();
            fields.add("X-B", "caf\u00e9");
            fields.add("x-a", "1");
            fields.add("X-B", "2");

            assertThat(encoded(out -> new HeadEncoder().request(requestHead("GET", 0, fields), out)))
                    .endsWith(HOST + "X-B: caf\u00e9\r\nx-a: 1\r\nX-B: 2\r\n\r\n");
        }

        /** What a filter may have left among the fields: {@link ReservedFields} goes over them before they are sent. */
        @ParameterizedTest
        @CsvSource({"0", "5", "-1"})
        void ignoreSmuggledFramingFields(long length) {
            Fields fields = new Fields();
            fields.add("Content-Length", "999");
            fields.add("content-length", "0");
            fields.add("Transfer-Encoding", "chunked");
            fields.add("TRANSFER-ENCODING", "identity");
            fields.add("Connection", "close, x-kept");
            fields.add("x-kept", "1");
            ReservedFields.removeFrom(fields);

            List<String> lines = encoded(out -> new HeadEncoder().request(requestHead("POST", length, fields), out))
                    .lines()
                    .toList();
            assertThat(lines)
                    .containsExactly(
                            "POST /cart?id=7 HTTP/1.1",
                            "host: shop.example:8080",
                            "x-kept: 1",
                            length == Head.UNKNOWN ? "transfer-encoding: chunked" : "content-length: " + length,
                            "");
        }
    }

    @Nested
    class Responses {

        @Test
        void announceLengthOfZero() {
            assertThat(response(200, 0, HeadEncoder.Framing.LENGTH))
                    .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }

        @Test
        void areChunkedWithChunkedFraming() {
            assertThat(response(200, Head.UNKNOWN, HeadEncoder.Framing.CHUNKED))
                    .isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        }

        @Test
        void omitFramingFields() {
            assertThat(response(204, 3, HeadEncoder.Framing.NONE)).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
        }

        @ParameterizedTest
        @EnumSource(HeadEncoder.Connection.class)
        void includeConnectionOptionUnlessDefault(HeadEncoder.Connection connection) {
            String option =
                    switch (connection) {
                        case DEFAULT -> "";
                        case CLOSE -> "connection: close\r\n";
                        case KEEP_ALIVE -> "connection: keep-alive\r\n";
                    };
            assertThat(response(200, 1, HeadEncoder.Framing.LENGTH, connection))
                    .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n" + option + "\r\n");
        }

        @ParameterizedTest
        @ValueSource(ints = {299, 418, 599, 999})
        void keepUnregisteredStatus(int status) {
            assertThat(response(status, 0, HeadEncoder.Framing.NONE)).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Nested
    class Chunks {

        @ParameterizedTest
        @CsvSource({"1,1", "9,9", "10,a", "15,f", "16,10", "255,ff", "256,100", "65536,10000", "2147483647,7fffffff"})
        void startWithSizeInHexadecimal(int bytes, String size) {
            assertThat(encoded(out -> HeadEncoder.chunkSize(bytes, out))).isEqualTo(size + "\r\n");
        }

        @Test
        void endWithLineBreak() {
            assertThat(encoded(HeadEncoder::chunkEnd)).isEqualTo("\r\n");
        }

        @Test
        void endWithSizeZero() {
            assertThat(encoded(out -> new HeadEncoder().lastChunk(null, out))).isEqualTo("0\r\n\r\n");
        }

        @Test
        void endWithTrailers() {
            Fields trailers = new Fields();
            trailers.add("grpc-status", "0");

            assertThat(encoded(out -> new HeadEncoder().lastChunk(trailers, out)))
                    .isEqualTo("0\r\ngrpc-status: 0\r\n\r\n");
        }
    }
}
