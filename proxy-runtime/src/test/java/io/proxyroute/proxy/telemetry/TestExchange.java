package io.proxyroute.proxy.telemetry;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.stream.EndCause;

/** An ended exchange as the front end reports it. */
record TestExchange(
        EndCause cause,
        String traceId,
        String listener,
        String rule,
        String method,
        String target,
        String host,
        String client,
        int status,
        String backend,
        Endpoint endpoint,
        int attempts,
        long requestBytes,
        long responseBytes,
        long startedMillis,
        long durationNanos,
        long responseHeadNanos)
        implements EndedExchange {

    static TestExchange of(String rule, int status, EndCause cause, String target) {
        return new TestExchange(
                cause,
                "0af7651916cd43dd8448eb211c80319c",
                "http",
                rule,
                "GET",
                target,
                "example.com",
                "127.0.0.1",
                status,
                "shop/web:80",
                new Endpoint("10.0.0.1", 80),
                2,
                10,
                20,
                1_893_456_000_123L,
                12_345_678,
                1_234_567);
    }
}
