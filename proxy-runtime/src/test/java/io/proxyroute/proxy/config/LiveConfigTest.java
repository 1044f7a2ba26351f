package io.proxyroute.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.ConfigHash;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Drain;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Telemetry;
import io.proxyroute.contract.config.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveConfigTest {

    private static final int PORT_IN_USE = 666;

    @TempDir
    private Path mount;

    @TempDir
    private Path stored;

    private final List<String> served = new ArrayList<>();
    private Runnable duringApply = () -> {};
    private final ConfigApplier applier = new ConfigApplier() {
        @Override
        public void apply(ConfigDocument config, EndpointsDocument endpoints) throws ConfigRejectedException {
            int port = config.listeners().getFirst().port();
            if (port == PORT_IN_USE) {
                throw new ConfigRejectedException(List.of(new ConfigError("listeners[0].port", "is in use.")));
            }
            duringApply.run();
            served.add("port " + port + " endpoints " + (endpoints == null ? "none" : endpoints.version()));
        }

        @Override
        public void applyEndpoints(EndpointsDocument endpoints) {
            served.add("endpoints " + endpoints.version());
        }
    };

    private StateDirectory state;

    @BeforeEach
    void open() throws IOException {
        state = StateDirectory.at(stored);
    }

    private static ConfigDocument document(long sequence, int port) {
        ConfigDocument document = new ConfigDocument(
                new RouteRef("shop", "web", "u1"),
                sequence,
                null,
                List.of(new Listener("http", port, List.of())),
                List.of(),
                List.of(),
                ConnectionPool.DEFAULT,
                Timeouts.DEFAULT,
                null,
                null,
                Drain.DEFAULT,
                Telemetry.DEFAULT);
        return document.withHash(ConfigHash.of(document));
    }

    private static EndpointsDocument addresses(long version) {
        return new EndpointsDocument(version, Map.of());
    }

    private LiveConfig start() throws Exception {
        return new LiveConfig(applier, state, InstantSource.system(), InitialConfig.load(mount, state));
    }

    private void mount(String file, Object document) throws IOException {
        Files.write(mount.resolve(file), Json.MAPPER.writeValueAsBytes(document));
    }

    @Nested
    class Updates {

        @Test
        void appliesUpdatesInOrderOfSequence() throws Exception {
            mount("config.json", document(5, 80));
            LiveConfig config = start();
            assertThat(config.apply(new Update(document(6, 81), addresses(1))))
                    .isEqualTo(new LiveConfig.Outcome.Accepted(
                            new Applied(document(6, 81).hash(), 6, 1)));
            assertThat(config.apply(new Update(document(5, 80), null)))
                    .isEqualTo(new LiveConfig.Outcome.Stale(config.applied()));
            assertThat(config.apply(new Update(document(6, 82), null)))
                    .as("another document of the same sequence number")
                    .isEqualTo(new LiveConfig.Outcome.Stale(config.applied()));
            assertThat(served).containsExactly("port 80 endpoints none", "port 81 endpoints 1");
            assertThat(config.document()).isEqualTo(document(6, 81));
        }

        @Test
        void returnsBusyDuringAnotherUpdate() throws Exception {
            mount("config.json", document(5, 80));
            LiveConfig config = start();
            List<Object> duringUpdate = new ArrayList<>();
            duringApply = () -> {
                // On another thread that this one waits for: the test would hang if apply() waited for this update.
                Thread other = Thread.ofPlatform().start(() -> {
                    duringUpdate.add(config.apply(new Update(document(7, 82), null)));
                    duringUpdate.add(config.apply(addresses(1)));
                });
                try {
                    assertThat(other.join(Duration.ofSeconds(30))).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
            assertThat(config.apply(new Update(document(6, 81), null))).isInstanceOf(LiveConfig.Outcome.Accepted.class);
            assertThat(duringUpdate).containsExactly(new LiveConfig.Outcome.Busy(), Optional.empty());
            assertThat(served).containsExactly("port 80 endpoints none", "port 81 endpoints none");
            duringApply = () -> {};
            assertThat(config.apply(new Update(document(7, 82), null))).isInstanceOf(LiveConfig.Outcome.Accepted.class);
        }

        @Test
        void acceptsSameDocumentAgain() throws Exception {
            mount("config.json", document(5, 80));
            LiveConfig config = start();
            assertThat(config.apply(new Update(document(5, 80), addresses(3))))
                    .isInstanceOf(LiveConfig.Outcome.Accepted.class);
            assertThat(config.apply(new Update(document(5, 80), addresses(3))))
                    .isInstanceOf(LiveConfig.Outcome.Accepted.class);
            assertThat(config.apply(new Update(document(9, 80), null)))
                    .isEqualTo(new LiveConfig.Outcome.Accepted(
                            new Applied(document(5, 80).hash(), 9, 3)));
            assertThat(served).containsExactly("port 80 endpoints none", "endpoints 3");
        }

        @Test
        void rejectedUpdateChangesNothing() throws Exception {
            mount("config.json", document(5, 80));
            LiveConfig config = start();
            assertThat(config.apply(new Update(document(6, PORT_IN_USE), addresses(1))))
                    .isEqualTo(new LiveConfig.Outcome.Rejected(
                            List.of(new ConfigError("listeners[0].port", "is in use."))));
            assertThat(config.applied()).isEqualTo(new Applied(document(5, 80).hash(), 5, 0));
            assertThat(start().document()).isEqualTo(document(5, 80));
        }

        @Test
        void ignoresEndpointsOfLowerVersion() throws Exception {
            mount("config.json", document(5, 80));
            mount("endpoints.json", addresses(4));
            LiveConfig config = start();
            assertThat(config.apply(addresses(3)).orElseThrow().endpointsVersion())
                    .isEqualTo(4);
            assertThat(config.apply(addresses(5)).orElseThrow().endpointsVersion())
                    .isEqualTo(5);
            assertThat(config.apply(new Update(document(6, 81), addresses(4))))
                    .isInstanceOf(LiveConfig.Outcome.Accepted.class);
            assertThat(served).containsExactly("port 80 endpoints 4", "endpoints 5", "port 81 endpoints 5");
        }
    }

    @Nested
    class Startup {

        @Test
        void restartsWithNewerDocument() throws Exception {
            mount("config.json", document(5, 80));
            start().apply(new Update(document(7, 81), addresses(2)));
            LiveConfig again = start();
            assertThat(again.document()).isEqualTo(document(7, 81));
            assertThat(again.applied().endpointsVersion()).isEqualTo(2);
            mount("config.json", document(8, 82));
            assertThat(start().document()).isEqualTo(document(8, 82));
        }

        @Test
        void ignoresStateOfAnotherRoute() throws Exception {
            mount("config.json", document(50, 80));
            start();
            ConfigDocument other = document(1, 81);
            mount(
                    "config.json",
                    new ConfigDocument(
                            new RouteRef("shop", "web", "u2"),
                            1,
                            "h",
                            other.listeners(),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null));
            assertThat(start().document().route().uid()).isEqualTo("u2");
        }

        @Test
        void toleratesInvalidMountOnlyWithStoredDocument() throws Exception {
            Path file = mount.resolve("config.json");
            assertThatThrownBy(() -> start())
                    .isInstanceOf(InitialConfig.UnreadableException.class)
                    .hasMessage(file + ": does not exist, but must contain the configuration.");
            Files.writeString(file, "{\"sequence\": 1,}");
            assertThatThrownBy(() -> start())
                    .hasMessageStartingWith(file + ": The document is not JSON at line 1, column 16:");
            Files.writeString(file, "{\"sequence\": \"x\"}");
            assertThatThrownBy(() -> start())
                    .hasMessageContaining(file + ": route: is missing")
                    .hasMessageContaining(file + ": sequence: is \"x\"")
                    .hasMessageContaining(file + ": listeners: must contain at least one listener.");
            mount("config.json", document(5, 80));
            start();
            Files.writeString(file, "{}");
            assertThat(start().document()).isEqualTo(document(5, 80));
        }

        @Test
        void ignoresTruncatedStoredDocument() throws Exception {
            mount("config.json", document(5, 80));
            start().apply(new Update(document(7, 81), null));
            Path file = stored.resolve("config.json");
            Files.writeString(file, Files.readString(file).substring(0, 40));
            assertThat(start().document()).isEqualTo(document(5, 80));
        }

        @Test
        void usesOnlyMountWithoutStateDirectory() throws Exception {
            state = StateDirectory.at(null);
            mount("config.json", document(5, 80));
            start().apply(new Update(document(7, 81), null));
            assertThat(start().document()).isEqualTo(document(5, 80));
        }
    }

    @Nested
    class Fallback {

        @Test
        void fallsBackToMountWhenStoredDocumentIsRejected() throws Exception {
            mount("config.json", document(5, 80));
            Files.write(stored.resolve("config.json"), Json.MAPPER.writeValueAsBytes(document(7, PORT_IN_USE)));
            LiveConfig config = start();
            assertThat(config.document()).isEqualTo(document(5, 80));
            assertThat(config.fellBack()).isTrue();
            assertThat(served).containsExactly("port 80 endpoints none");
            // The operator's next push is not older than the active document, so it is applied.
            assertThat(config.apply(new Update(document(7, 81), null))).isInstanceOf(LiveConfig.Outcome.Accepted.class);
            assertThat(start().fellBack()).isFalse();
        }

        @Test
        void fallsBackToStoredDocumentWhenMountIsRejected() throws Exception {
            mount("config.json", document(5, 80));
            start();
            mount("config.json", document(6, PORT_IN_USE));
            LiveConfig config = start();
            assertThat(config.document()).isEqualTo(document(5, 80));
            assertThat(config.fellBack()).isTrue();
        }

        @Test
        void failsWithoutUsableFallback() throws Exception {
            mount("config.json", document(5, PORT_IN_USE));
            assertThatThrownBy(() -> start()).isInstanceOf(ConfigRejectedException.class);
            Files.write(stored.resolve("config.json"), Json.MAPPER.writeValueAsBytes(document(7, PORT_IN_USE)));
            assertThatThrownBy(() -> start()).isInstanceOf(ConfigRejectedException.class);
            ConfigDocument own = document(7, 80);
            ConfigDocument ofOtherRoute = new ConfigDocument(
                    new RouteRef("shop", "web", "u2"),
                    7,
                    own.hash(),
                    own.listeners(),
                    own.rules(),
                    own.backends(),
                    own.connectionPool(),
                    own.timeouts(),
                    null,
                    null,
                    own.drain(),
                    own.telemetry());
            Files.write(stored.resolve("config.json"), Json.MAPPER.writeValueAsBytes(ofOtherRoute));
            assertThatThrownBy(() -> start()).isInstanceOf(ConfigRejectedException.class);
            assertThat(served).isEmpty();
        }
    }
}
