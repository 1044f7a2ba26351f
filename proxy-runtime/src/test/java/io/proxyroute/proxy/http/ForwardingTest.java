package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The proxy forwards requests and responses, and reuses connections. */
@ExtendWith(NoLeaks.class)
class ForwardingTest {

    @Test
    void forwardsGet() throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("hello");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            RawHttp.Message response = client.get("/a?b=c").response();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("hello");
            assertThat(backend.requests.getFirst().startLine()).isEqualTo("GET /a?b=c HTTP/1.1");
        }
    }

    @Test
    void reusesConnectionsOnBothSides() throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("/" + i).response().text()).isEqualTo("x");
            }

            assertThat(backend.accepted()).isEqualTo(1);
            assertThat(backend.requests).hasSize(50);
        }
    }
}
