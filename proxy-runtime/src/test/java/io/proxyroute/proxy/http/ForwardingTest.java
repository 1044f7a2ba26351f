package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests and answers go through as they are. */
@ExtendWith(NoLeaks.class)
class ForwardingTest {

    @Test
    void aGetGoesThrough() throws Exception {
        try (RawBackend backend = RawBackend.saying("hello");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            Http.Message answer = client.get("/a?b=c").answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(backend.requests.getFirst().first()).isEqualTo("GET /a?b=c HTTP/1.1");
        }
    }

    @Test
    void connectionsAreReusedOnBothSides() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("/" + i).answer().text()).isEqualTo("x");
            }

            assertThat(backend.accepted()).isEqualTo(1);
            assertThat(backend.requests).hasSize(50);
        }
    }
}
