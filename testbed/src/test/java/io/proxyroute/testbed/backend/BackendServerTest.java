package io.proxyroute.testbed.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.testbed.Payload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the backend with the JDK's HTTP client. */
class BackendServerTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private BackendServer server;

    @BeforeEach
    void start() throws InterruptedException {
        server = BackendServer.start(0, "b1", 1);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void sendsPayloadOfRequestedId() throws Exception {
        HttpResponse<byte[]> response = get("/any?id=77&size=100000");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-backend")).contains("b1");
        assertThat(response.body()).hasSize(100_000);
        ByteBuf body = Unpooled.wrappedBuffer(response.body());
        assertThat(Payload.matches(body, 77, 0)).isTrue();
        assertThat(Payload.matches(body, 78, 0)).isFalse();
        assertThat(Payload.matches(body, 77, 1)).isFalse();
    }

    @Test
    void sendsChunksWithPauses() throws Exception {
        HttpResponse<byte[]> response = get("/any?id=5&size=1000&chunked=true&chunk=300&pause=10");

        assertThat(response.headers().firstValue("transfer-encoding")).contains("chunked");
        assertThat(Payload.matches(Unpooled.wrappedBuffer(response.body()), 5, 0))
                .isTrue();
        assertThat(response.body()).hasSize(1000);
    }

    @Test
    void echoesLargeBody() throws Exception {
        byte[] sent = new byte[3_000_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) i;
        }
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(uri("/echo"))
                        .POST(BodyPublishers.ofByteArray(sent))
                        .build(),
                BodyHandlers.ofByteArray());

        assertThat(response.body()).isEqualTo(sent);
    }

    @Test
    void returnsReceivedHeadersAsJson() throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri("/headers")).header("x-one", "1").build(), BodyHandlers.ofString());

        assertThat(response.body()).contains("\"x-one\":[\"1\"]");
    }

    @Test
    void sendsRequestedStatusAndRejectsInvalidQuery() throws Exception {
        assertThat(get("/any?status=418").statusCode()).isEqualTo(418);
        assertThat(get("/any?size=many").statusCode()).isEqualTo(400);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void dropsConnectionAfterRequestedBytes() {
        assertThatThrownBy(() -> get("/any?size=1000&cut=10")).isInstanceOf(IOException.class);
    }

    @Test
    void respondsToHeadWithoutBody() throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri("/any?size=500"))
                        .method("HEAD", BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.headers().firstValue("content-length")).contains("500");
        assertThat(response.body()).isEmpty();
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofByteArray());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
