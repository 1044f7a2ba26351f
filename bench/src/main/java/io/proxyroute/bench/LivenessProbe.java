package io.proxyroute.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Reads the health port of a proxy, and remembers how long a response took at most. Used by one thread. */
final class LivenessProbe {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final URI health;
    private Duration longest = Duration.ZERO;

    /** @param health URL of the health port */
    LivenessProbe(URI health) {
        this.health = health;
    }

    void check() throws IOException {
        long start = System.nanoTime();
        HttpURLConnection connection =
                (HttpURLConnection) health.resolve("/livez").toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("/livez responded " + connection.getResponseCode());
            }
        } finally {
            connection.disconnect();
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        longest = waited.compareTo(longest) > 0 ? waited : longest;
    }

    /** The counters with one of these names that are not 0. */
    List<String> metrics(String... names) throws IOException {
        try (InputStream metrics = health.resolve("/metrics").toURL().openStream()) {
            return new String(metrics.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> Stream.of(names).anyMatch(line::startsWith) && !line.endsWith(" 0.0"))
                    .toList();
        }
    }

    /** The longest wait so far. */
    Duration longest() {
        return longest;
    }
}
