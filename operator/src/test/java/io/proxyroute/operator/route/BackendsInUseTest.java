package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.push.Acknowledgement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackendsInUseTest {

    private static final ConfigDocument OLD = document("old", "a", "b");
    private static final ConfigDocument NEW = document("new", "b", "c");

    private final BackendsInUse inUse = new BackendsInUse();

    @Test
    void keepsEarlierBackendsWhileProxyRefusesDocument() {
        assertThat(ids(OLD, accepted("old"), accepted("old"))).containsExactly("a", "b");

        assertThat(ids(NEW, accepted("old"), accepted("old"))).containsExactly("a", "b", "c");
        assertThat(ids(NEW, accepted("new"), refused("new"))).containsExactly("a", "b", "c");
        assertThat(ids(NEW, accepted("new"), accepted("new"))).containsExactly("b", "c");
    }

    @Test
    void keepsEarlierBackendsUntilProxyResponds() {
        ids(OLD);

        assertThat(ids(NEW)).containsExactly("a", "b", "c");
    }

    private List<String> ids(ConfigDocument served, Acknowledgement... acknowledgements) {
        return inUse.of(served, List.of(acknowledgements)).stream()
                .map(Backend::id)
                .toList();
    }

    private static Acknowledgement accepted(String hash) {
        return new Acknowledgement.Accepted(new Applied(hash, 1, 1));
    }

    private static Acknowledgement refused(String hash) {
        return new Acknowledgement.Rejected(
                hash, 1, List.of(new ConfigError("rules", "unknown")), new Applied("old", 1, 1));
    }

    private static ConfigDocument document(String hash, String... backends) {
        return new ConfigDocument(
                new RouteRef("default", "shop", "uid"),
                1,
                hash,
                List.of(),
                List.of(),
                Stream.of(backends)
                        .map(id -> new Backend(id, id + ".default.svc", 80, true))
                        .toList(),
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
