package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.stream.EndCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors, as opposed to exceptions: without descriptors, a class cannot be loaded; without memory, nothing is certain. */
@ExtendWith(NoLeaks.class)
class ErrorsTest {

    @Test
    void ofEndedExchangeListenerDoNotBreakConnection() throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            proxy.failure = new NoClassDefFoundError("io/proxyroute/Missing");
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/").response().text()).isEqualTo("x");
            }
            assertThat(client.send("GET /no rule HTTP/1.1\r\n\r\n").response().status())
                    .isEqualTo(400);
            assertThat(proxy.awaitEnded(6).cause()).isEqualTo(EndCause.MALFORMED_REQUEST);
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }
}
