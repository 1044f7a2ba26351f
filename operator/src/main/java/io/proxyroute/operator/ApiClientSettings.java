package io.proxyroute.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;

/** How the operator talks to the API server. */
final class ApiClientSettings {

    /** The framework repeats a failed reconciliation with growing pauses; more retries here would only block a worker. */
    private static final int RETRIES = 2;

    private static final int FIRST_PAUSE_MILLIS = 100;

    private ApiClientSettings() {}

    /**
     * The configuration of the environment. Over HTTP/2, all requests and watches would share one connection, of which the API
     * server allows 100 streams; the JDK's client fails further requests instead of letting them wait.
     */
    static Config config() {
        return new ConfigBuilder(Config.autoConfigure(null))
                .withHttp2Disable(true)
                .withRequestRetryBackoffLimit(RETRIES)
                .withRequestRetryBackoffInterval(FIRST_PAUSE_MILLIS)
                .build();
    }
}
