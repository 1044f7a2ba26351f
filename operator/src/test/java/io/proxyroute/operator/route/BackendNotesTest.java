package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Rule;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackendNotesTest {

    @Test
    void namesBackendsWithoutEndpoints() {
        ConfigDocument document = document(
                List.of(backend("d/a:80", true), backend("d/b:80", true), backend("example.com:80", false)),
                rule("all", new BackendRef("d/a:80", 1)));

        assertThat(BackendNotes.of(document, Map.of("d/a:80", List.of(new Endpoint("10.0.0.1", 80)))))
                .isEqualTo("Without a ready endpoint, so requests get 503: d/b:80.");
    }

    @Test
    void namesRulesWithoutBackend() {
        ConfigDocument document = document(
                List.of(backend("x:80", false)),
                rule("good", new BackendRef("x:80", 1), new BackendRef(null, 1)),
                rule("drained", new BackendRef("x:80", 0)),
                rule("unresolved", new BackendRef(null, 1)));

        assertThat(BackendNotes.of(document, Map.of()))
                .isEqualTo(
                        "Rules that answer every request with 500, since no backend has a weight: drained, unresolved.");
    }

    @Test
    void isBounded() {
        List<Backend> backends = IntStream.range(0, 1_000)
                .mapToObj(i -> backend("d/b" + i + ":80", true))
                .toList();

        assertThat(BackendNotes.of(document(backends), Map.of())).endsWith("d/b4:80 and 995 more.");
    }

    private static Backend backend(String id, boolean endpoints) {
        return new Backend(id, "host", 80, endpoints);
    }

    private static Rule rule(String name, BackendRef... refs) {
        return new Rule(name, null, null, List.of(refs), null, null);
    }

    private static ConfigDocument document(List<Backend> backends, Rule... rules) {
        return new ConfigDocument(
                new RouteRef("d", "shop", "uid"),
                1,
                "h",
                List.of(),
                List.of(rules),
                backends,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
