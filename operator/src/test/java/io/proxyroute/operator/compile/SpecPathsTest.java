package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.ParseResult;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecPathsTest {

    private static ConfigDocument document;

    @BeforeAll
    static void read() {
        document = switch (ConfigReader.config("""
                {"route": {"namespace": "shop", "name": "web", "uid": "u"}, "sequence": 1,
                 "listeners": [{"name": "http", "port": 8080}],
                 "rules": [
                  {"name": "a", "filters": [
                    {"type": "RequestHeaderModifier", "edits": {"remove": ["X-A"]}},
                    {"type": "ResponseHeaderModifier", "edits": {"remove": ["X-A"]}},
                    {"type": "Custom", "name": "token", "className": "com.example.Token"}]},
                  {"name": "b", "backendRefs": [{"backend": "shop/cart:80"}, {"backend": "example.com:81"}]}],
                 "backends": [
                  {"id": "example.com:81", "host": "example.com", "port": 81},
                  {"id": "shop/cart:80", "host": "cart.shop.svc", "port": 80, "endpoints": true}]}
                """.getBytes(StandardCharsets.UTF_8))) {
            case ParseResult.Valid<ConfigDocument>(var valid) -> valid;
            case ParseResult.Invalid<ConfigDocument>(var errors) -> throw new AssertionError(errors);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "rules[0].filters[0].edits.set[0].name, spec.rules[0].filters[0].requestHeaderModifier.set[0].name",
        "rules[0].filters[1].edits.remove[2], spec.rules[0].filters[1].responseHeaderModifier.remove[2]",
        "rules[0].filters[2].className, spec.rules[0].filters[2].custom.className",
        "config.rules[0].filters[2].config, spec.rules[0].filters[2].custom.config",
        "rules[0].filters[2].type, spec.rules[0].filters[2].type",
        "rules[1].backendRefs[0].backend, spec.rules[1].backendRefs[0]",
        "backends[0].host, spec.rules[1].backendRefs[1].host",
        "backends[1].host, spec.rules[1].backendRefs[0]",
        "backends[1].port, spec.rules[1].backendRefs[0].port",
        "telemetry.liveSetInterval, spec.remediation.leakDetection.sampleInterval",
        "drain.delay, spec.proxy.drain.delay",
        "connectionPool.acquireTimeout, spec.connectionPool.acquireTimeout",
        "listeners, spec.listeners"
    })
    void translatesDocumentPathsToSpecPaths(String inDocument, String inSpec) {
        assertThat(SpecPaths.of(document, inDocument)).isEqualTo(inSpec);
    }

    @ParameterizedTest
    @CsvSource({"rules[9].filters[0].edits, spec.rules[9].filters[0].edits", "backends[9].host, spec.backends[9].host"})
    void keepsUnresolvablePaths(String inDocument, String inSpec) {
        assertThat(SpecPaths.of(document, inDocument)).isEqualTo(inSpec);
    }

    @Test
    void documentItselfHasNoPath() {
        assertThat(SpecPaths.of(document, "")).isEmpty();
        assertThat(SpecPaths.of(document, "config.")).isEmpty();
    }
}
