package io.proxyroute.proxy.telemetry;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.contract.Json;
import io.proxyroute.proxy.stream.EndCause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AccessLogTest {

    @Test
    void writesExchangeWithoutSecrets() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AccessLog log = new AccessLog(out)) {
            log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/not-yet-enabled"));
            log.enable(true);
            log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/a\"b\n?token=secret"));
            log.ended(TestExchange.of(null, 0, EndCause.CLIENT_GONE, "/"));
        }
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(2);
        JsonNode first = Json.MAPPER.readTree(lines[0]);
        assertThat(first.get("path").textValue()).isEqualTo("/a\"b\n");
        assertThat(first.get("time").textValue()).isEqualTo("2030-01-01T00:00:00.123Z");
        assertThat(first.get("traceId").textValue()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(first.get("client").textValue()).isEqualTo("127.0.0.1");
        assertThat(first.get("status").intValue()).isEqualTo(200);
        assertThat(first.get("cause").textValue()).isEqualTo("COMPLETED");
        assertThat(first.get("endpoint").textValue()).isEqualTo("10.0.0.1:80");
        assertThat(first.get("durationMillis").doubleValue()).isEqualTo(12.345);
        assertThat(lines[0]).doesNotContain("secret");
        assertThat(Json.MAPPER.readTree(lines[1]).has("rule")).isFalse();
    }

    @Test
    void countsLostLinesAndRecoversAfterWriteError() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream disk = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                written.write(bytes, offset, full.get() ? length / 2 : length);
                if (full.get()) {
                    throw new IOException("No space left on device");
                }
            }
        };
        try (AccessLog log = new AccessLog(disk)) {
            log.enable(true);
            for (int lost = 1; lost <= 2; lost++) {
                log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/lost"));
                int now = lost;
                await().atMost(60, SECONDS).until(() -> log.dropped() == now);
            }
            full.set(false);
            log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/a"));
            log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/b"));
        }
        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        List<String> last = lines.subList(lines.size() - 2, lines.size());
        assertThat(Json.MAPPER.readTree(last.getFirst()).get("path").textValue())
                .isEqualTo("/a");
        assertThat(Json.MAPPER.readTree(last.getLast()).get("path").textValue()).isEqualTo("/b");
    }

    @Test
    void dropsLinesInsteadOfWaitingForSlowReader() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream hanging = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                written.write(bytes, offset, length);
            }
        };
        int offered = 50_000;
        AccessLog log = new AccessLog(hanging);
        log.enable(true);
        // Would never return if ended() waited.
        for (int i = 0; i < offered; i++) {
            log.ended(TestExchange.of("all", 200, EndCause.COMPLETED, "/"));
        }
        assertThat(log.dropped()).isPositive();
        gate.countDown();
        await().atMost(60, SECONDS)
                .until(() -> written.toString(StandardCharsets.UTF_8).lines().count() == offered - log.dropped());
        log.close();
    }
}
