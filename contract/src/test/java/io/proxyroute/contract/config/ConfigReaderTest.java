package io.proxyroute.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    private static final String VALID = """
            {"route": {"namespace": "shop", "name": "web", "uid": "u1"}, "sequence": 7,
             "listeners": [{"name": "http", "port": 8080, "hostnames": ["*.example.com"]}],
             "rules": [{"name": "all",
               "matches": [{"path": {"type": "PathPrefix", "value": "/"}, "method": "GET",
                 "headers": [{"type": "Exact", "name": "x-a", "value": "1"}]}],
               "filters": [{"type": "RequestHeaderModifier", "edits": {"set": [{"name": "x-b", "value": "2"}]}}],
               "backendRefs": [{"backend": "shop/web:80", "weight": 1}], "retry": {"attempts": 1}}],
             "backends": [{"id": "shop/web:80", "host": "web.shop.svc", "port": 80, "endpoints": true}],
             "connectionPool": {"maxConnections": 10}}
            """;

    private static List<String> errors(ParseResult<?> result) {
        return switch (result) {
            case ParseResult.Valid<?> valid -> List.of();
            case ParseResult.Invalid<?>(List<ConfigError> errors) ->
                errors.stream().map(ConfigError::toString).toList();
        };
    }

    private static ParseResult<ConfigDocument> config(String json) {
        return ConfigReader.config(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void absentFieldsHaveDefaults() {
        assertThat(config(VALID)).isInstanceOfSatisfying(ParseResult.Valid.class, valid -> {
            ConfigDocument document = (ConfigDocument) valid.document();
            assertThat(document.hash()).isEqualTo(ConfigHash.of(document)).hasSize(16);
            assertThat(document.timeouts()).isEqualTo(Timeouts.DEFAULT);
            assertThat(document.drain()).isEqualTo(Drain.DEFAULT);
            assertThat(document.telemetry()).isEqualTo(Telemetry.DEFAULT);
            assertThat(document.connectionPool().maxConnections()).isEqualTo(10);
            assertThat(document.connectionPool().maxConnectionsPerBackend()).isEqualTo(10);
            assertThat(document.connectionPool().acquireTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(document.rules().getFirst().retry().budgetPercent()).isEqualTo(20);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "port": 8080      | "port": 70000         | listeners[0].port: is 70000, but must be from 0 to 65535.
            "port": 8080      | "port": "80"          | listeners[0].port: is "80", but must be a whole number from 0 to 65535.
            "port": 8080      | "port": 80.5          | listeners[0].port: is 80.5, but must be a whole number from 0 to 65535.
            "port": 8080      | "prt": 8080           | listeners[0].port: is missing, but must be set: a whole number from 0 to 65535.;listeners[0].prt: is not a field of this object; its fields are name, port, hostnames.
            "sequence": 7     | "sequence": -1        | sequence: is -1, but must be from 0 to 9223372036854775807.
            "*.example.com"   | "a_b"                 | listeners[0].hostnames[0]: is "a_b", but must be a DNS name such as www.example.com or *.example.com.
            "name": "http",   | "name": "",           | listeners[0].name: is empty, but is required.
            "name": "all",    | "name": 3,            | rules[0].name: is 3, but must be text.
            "PathPrefix"      | "Prefix"              | rules[0].matches[0].path.type: is "Prefix", but must be one of Exact, PathPrefix, RegularExpression.
            "value": "/"      | "value": "x"          | rules[0].matches[0].path.value: is "x", but must start with a slash.
            "PathPrefix", "value": "/" | "RegularExpression", "value": "/(" | rules[0].matches[0].path.value: is "/(", but must be an RE2 regular expression: missing closing ).
            "PathPrefix", "value": "/" | "RegularExpression", "value": "(?=/a).*" | rules[0].matches[0].path.value: is "(?=/a).*", but must be an RE2 regular expression: invalid or unsupported Perl syntax.
            "type": "Exact", "name": "x-a", "value": "1" | "type": "RegularExpression", "name": "x-a", "value": "(a)\\\\1" | rules[0].matches[0].headers[0].value: is "(a)\\1", but must be an RE2 regular expression: invalid escape sequence.
            "GET"             | "G T"                 | rules[0].matches[0].method: is "G T", but must be a method such as GET.
            {"type": "Exact", "name": "x-a" | {"type": "PathPrefix", "name": "x-a" | rules[0].matches[0].headers[0].type: is "PathPrefix", but must be one of Exact, RegularExpression.
            "x-a"             | "x a"                 | rules[0].matches[0].headers[0].name: is "x a", but must be a header name such as x-request-id.
            "x-b"             | "Content-Length"      | rules[0].filters[0].edits.set[0].name: is "Content-Length", but filters must not edit this header: the proxy sets it.
            "x-b"             | "Expect"              | rules[0].filters[0].edits.set[0].name: is "Expect", but filters must not edit this header: the proxy sets it.
            {"set": [{"name": "x-b", "value": "2"}]} | {"add": [{"name": "Host", "value": "a"}]} | rules[0].filters[0].edits.add[0].name: is "Host", but this header can only be set: every request has exactly one.
            {"set": [{"name": "x-b", "value": "2"}]} | {"remove": ["host"]} | rules[0].filters[0].edits.remove[0]: is "host", but this header can only be set: every request has exactly one.
            "value": "2"      | "value": "a\\nb"      | rules[0].filters[0].edits.set[0].value: must consist of visible characters, with spaces or tabs only between them.
            RequestHeaderModifier | Mirror            | rules[0].filters[0].type: is "Mirror", but must be one of RequestHeaderModifier, ResponseHeaderModifier, Custom.
            "weight": 1       | "weight": -1          | rules[0].backendRefs[0].weight: is -1, but must be from 0 to 1000000.
            "id": "shop/web:80" | "id": "shop/web:81" | rules[0].backendRefs[0].backend: is "shop/web:80", but no entry of backends has this id.
            "attempts": 1     | "attempts": 1, "codes": [503, 200] | rules[0].retry.codes[1]: is 200, but must be a whole number from 400 to 599.
            "endpoints": true | "endpoints": "yes"    | backends[0].endpoints: is "yes", but must be true or false.
            "maxConnections": 10 | "maxConnections": 10, "maxConnectionsPerBackend": 11 | connectionPool.maxConnectionsPerBackend: is 11, but must be at most maxConnections, which is 10.
            "maxConnections": 10 | "keepAlive": "PT-1S" | connectionPool.keepAlive: is "PT-1S", but must be from PT0S to PT1000000H.
            "maxConnections": 10 | "keepAlive": "5s"    | connectionPool.keepAlive: is "5s", but must be an ISO 8601 duration such as PT2.5S.
            {"maxConnections": 10} | []                 | connectionPool: is a list, but must be an object.
            "route": {"namespace": "shop", "name": "web", "uid": "u1"}, |~~| route: is missing, but must be set: an object.
            "sequence": 7     | "sequence": 7, "telemetry": {"liveSetInterval": "PT0.1S"} | telemetry.liveSetInterval: is "PT0.1S", but must be PT0S to disable the measurement, or at least PT1S: each measurement is a full collection.
            """)
    void reportsOneErrorPerFault(String right, String wrong, String expected) {
        assertThat(VALID).contains(right);
        String document = VALID.replace(right, wrong == null ? "" : wrong);
        assertThat(errors(config(document))).containsExactly(expected.split(";(?=[a-z]+\\[)"));
    }

    @Test
    void reportsAllErrorsAtOnce() {
        String document = """
                {"sequence": "x", "colour": "red",
                 "listeners": [{"name": "a", "port": 80}, {"name": "a", "port": 80}, 5],
                 "rules": [{"name": "r", "backendRefs": [{"backend": "none"}], "timeouts": {"request": 5}},
                           {"name": "r", "matches": {}}],
                 "backends": [{"id": "b", "host": "h", "port": 0}]}
                """;
        assertThat(errors(config(document)))
                .containsExactlyInAnyOrder(
                        "route: is missing, but must be set: an object.",
                        "sequence: is \"x\", but must be a whole number from 0 to 9223372036854775807.",
                        "colour: is not a field of this object; its fields are route, sequence, hash, listeners, "
                                + "rules, backends, connectionPool, timeouts, limits, trustedProxies, drain, telemetry.",
                        "listeners[1].name: is \"a\", which listeners[0] already has; it must be unique.",
                        "listeners[1].port: is \"80\", which listeners[0] already has; it must be unique.",
                        "listeners[2]: is 5, but must be an object.",
                        "rules[0].backendRefs[0].backend: is \"none\", but no entry of backends has this id.",
                        "rules[0].timeouts.request: is 5, but must be an ISO 8601 duration such as PT2.5S.",
                        "rules[1].name: is \"r\", which rules[0] already has; it must be unique.",
                        "rules[1].matches: is an object, but must be a list.",
                        "backends[0].port: is 0, but must be from 1 to 65535.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits | {\"headerLines\": 0} | limits.headerLines: is 0, but must be from 1 to 1000.",
                "limits | {\"bodyBytes\": -1} | limits.bodyBytes: is -1, but must be from 0 to 9223372036854775807.",
                "trustedProxies | {\"hops\": 17} | trustedProxies.hops: is 17, but must be from 0 to 16.",
                "trustedProxies | {\"hops\": 1, \"cidrs\": [\"10.0.0.0/8\"]}"
                        + " | trustedProxies.hops: is 1 while cidrs is set, but only one of them may be set.",
                "trustedProxies | {\"cidrs\": [\"::/0\", \"10.0.0.0/40\"]}"
                        + " | trustedProxies.cidrs[1]: is \"10.0.0.0/40\", but must be a range such as 10.0.0.0/8."
            })
    void rejectsInvalidRulesOnClients(String field, String value, String error) {
        assertThat(errors(config(VALID.replaceFirst("\\{", "{\"" + field + "\": " + value + ", "))))
                .containsExactly(error);
    }

    @ParameterizedTest
    @ValueSource(strings = {" 1", "1 ", "a\\u0001b", "a\\nb", "\\u0416"})
    void rejectsHeaderValueThatNoRequestCanHave(String value) {
        assertThat(errors(config(VALID.replace("\"x-a\", \"value\": \"1\"", "\"x-a\", \"value\": \"" + value + "\""))))
                .singleElement()
                .asString()
                .startsWith("rules[0].matches[0].headers[0].value: is ")
                .contains("but no header can have this value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "te", "Transfer-Encoding"})
    void rejectsHeaderThatIsRemovedBeforeMatching(String name) {
        assertThat(errors(config(VALID.replace("\"x-a\"", "\"" + name + "\""))))
                .containsExactly("rules[0].matches[0].headers[0].name: is \"" + name
                        + "\", but the proxy removes this header before it matches rules.");
    }

    @Test
    void rejectsFiltersOfRuleWithSameName() {
        String custom = "{\"type\": \"Custom\", \"name\": \"%s\", \"className\": \"com.example.Token\"}";
        String twice = custom.formatted("token") + ", " + custom.formatted("other") + ", " + custom.formatted("token");
        String rest =
                "{\"type\": \"RequestHeaderModifier\", \"edits\": {\"set\": [{\"name\": \"x-b\", \"value\": \"2\"}]}}";
        assertThat(VALID).contains(rest);
        assertThat(errors(config(VALID.replace(rest, rest + ", " + twice))))
                .containsExactly(
                        "rules[0].filters[3].name: is \"token\", which rules[0].filters[1] already has; it must be unique.");
    }

    @Test
    void rejectsDocumentWithoutListeners() {
        assertThat(errors(config(
                        "{\"route\": {\"namespace\": \"a\", \"name\": \"b\", \"uid\": \"c\"}, \"sequence\": 0}")))
                .containsExactly("listeners: must contain at least one listener.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a": 1,\\n "b" 2} | The document is not JSON at line 2, column 6
            {"a": 1, "a": 2}   | The document is not JSON at line 1, column 13
            {} {}              | The document is not JSON at line 1
            []                 | The document is not an object, but must be a JSON object.
            ~~                 | The document is empty, but must be a JSON object.
            """)
    void reportsMalformedJsonWithItsPosition(String json, String expected) {
        assertThat(errors(config(json.replace("\\n", "\n"))))
                .singleElement()
                .asString()
                .startsWith(expected);
    }

    @Test
    void reportsInvalidEndpointAddresses() {
        ParseResult<EndpointsDocument> result = ConfigReader.endpoints("""
                {"version": 1, "backends": {"shop/web:80": [{"address": "10.0.0.1", "port": 80},
                  {"address": "web", "port": 80}, {"address": "fd00::1", "port": 0}]}}
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(errors(result))
                .containsExactly(
                        "backends[\"shop/web:80\"][1].address: is \"web\", but must be an IP address.",
                        "backends[\"shop/web:80\"][2].port: is 0, but must be from 1 to 65535.");
    }

    @Test
    void reportsWhichDocumentOfUpdateIsInvalid() {
        ParseResult<?> result = ConfigReader.update(
                ("{\"config\": " + VALID.replace("8080", "-1") + ", \"endpoints\": {\"version\": -1}}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(errors(result))
                .containsExactly(
                        "config.listeners[0].port: is -1, but must be from 0 to 65535.",
                        "endpoints.version: is -1, but must be from 0 to 9223372036854775807.");
        assertThat(errors(ConfigReader.update("{}".getBytes(StandardCharsets.UTF_8))))
                .containsExactly("config: is missing, but must be set: an object.");
    }
}
