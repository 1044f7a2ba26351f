package io.proxyroute.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.ValueMatch;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matches and their precedence as the Gateway API defines them. */
class RoutingTableTest {

    private static final Fields NONE = fields();

    private static Fields fields(String... namesAndValues) {
        Fields fields = new Fields();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    private static PathMatch path(MatchType type, String value) {
        return new PathMatch(type, value);
    }

    private static Rule rule(String name, Match... matches) {
        return new Rule(name, List.of(matches), null, List.of(new BackendRef("b", 1)), null, null);
    }

    private static Match on(PathMatch path) {
        return new Match(path, null, null, null);
    }

    private static RoutingTable table(Rule... rules) {
        return RoutingTable.compile(
                new ConfigDocument(null, 1, null, null, List.of(rules), null, null, null, null, null, null, null));
    }

    private static String find(RoutingTable table, String method, String target, Fields fields) {
        int question = target.indexOf('?');
        RouteRule found = table.find(
                Head.request(method, "shop.example", target, Protocol.HTTP_1_1, 0, fields),
                question < 0 ? target : target.substring(0, question),
                question < 0 ? null : target.substring(question + 1));
        return found == null ? null : found.name();
    }

    private static String find(RoutingTable table, String target) {
        return find(table, "GET", target, NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "/foo, /foo, true",
        "/foo, /foo/, true",
        "/foo, /foo/bar, true",
        "/foo, /foobar, false",
        "/foo, /fo, false",
        "/foo, /FOO, false",
        "/foo/, /foo, true",
        "/foo/, /foo/bar, true",
        "/foo/, /foobar, false",
        "/, /, true",
        "/, /anything, true",
        "/, *, false",
    })
    void prefixesMatchWholePathElements(String prefix, String path, boolean matches) {
        assertThat(find(table(rule("r", on(path(MatchType.PathPrefix, prefix)))), path))
                .isEqualTo(matches ? "r" : null);
    }

    @Nested
    class Precedence {

        @Test
        void prefersExactThenExpressionThenLongestPrefix() {
            RoutingTable table = table(
                    rule("root", on(path(MatchType.PathPrefix, "/"))),
                    rule("short", on(path(MatchType.PathPrefix, "/a"))),
                    rule("long", on(path(MatchType.PathPrefix, "/a/b"))),
                    rule("expression", on(path(MatchType.RegularExpression, "/a/b/c[0-9]+"))),
                    rule("exact", on(path(MatchType.Exact, "/a/b/c1"))));

            assertThat(find(table, "/a/b/c1")).isEqualTo("exact");
            assertThat(find(table, "/a/b/c2")).isEqualTo("expression");
            assertThat(find(table, "/a/b/d")).isEqualTo("long");
            assertThat(find(table, "/a/c")).isEqualTo("short");
            assertThat(find(table, "/c")).isEqualTo("root");
        }

        @Test
        void fallsBackToPrefixIfExactPathFailsOtherConditions() {
            RoutingTable table = table(
                    rule("exact", new Match(path(MatchType.Exact, "/a"), "POST", null, null)),
                    rule("prefix", on(path(MatchType.PathPrefix, "/a"))));

            assertThat(find(table, "POST", "/a", NONE)).isEqualTo("exact");
            assertThat(find(table, "GET", "/a", NONE)).isEqualTo("prefix");
        }

        @Test
        void prefersMethodThenHeadersThenQueryThenOrder() {
            ValueMatch h1 = new ValueMatch(MatchType.Exact, "X-One", "1");
            ValueMatch h2 = new ValueMatch(MatchType.Exact, "X-Two", "2");
            ValueMatch q1 = new ValueMatch(MatchType.Exact, "a", "1");
            PathMatch p = path(MatchType.PathPrefix, "/p");
            RoutingTable table = table(
                    rule("plain", on(p)),
                    rule("plain-later", on(p)),
                    rule("query", new Match(p, null, null, List.of(q1))),
                    rule("header", new Match(p, null, List.of(h1), null)),
                    rule("headers", new Match(p, null, List.of(h1, h2), null)),
                    rule("method", new Match(p, "PUT", null, null)));
            Fields both = fields("x-one", "1", "x-two", "2");

            assertThat(find(table, "PUT", "/p?a=1", both)).isEqualTo("method");
            assertThat(find(table, "GET", "/p?a=1", both)).isEqualTo("headers");
            assertThat(find(table, "GET", "/p?a=1", fields("x-one", "1"))).isEqualTo("header");
            assertThat(find(table, "GET", "/p?a=1", NONE)).isEqualTo("query");
            assertThat(find(table, "GET", "/p", NONE)).isEqualTo("plain");
        }
    }

    @Test
    void readsAllQueryParametersAndKeepsSemicolonsInValues() {
        RoutingTable table = table(
                rule("other"),
                rule("late", new Match(null, null, null, List.of(new ValueMatch(MatchType.Exact, "late", "1")))),
                rule("list", new Match(null, null, null, List.of(new ValueMatch(MatchType.Exact, "list", "a;b")))));

        assertThat(find(table, "/?" + "x=1&".repeat(2000) + "late=1")).isEqualTo("late");
        assertThat(find(table, "/?list=a;b")).isEqualTo("list");
        assertThat(find(table, "/?x=a;late=1")).isEqualTo("other");
    }

    @Test
    void ruleWithoutMatchesTakesAllRemainingRequests() {
        RoutingTable table = table(rule("any"), rule("a", on(path(MatchType.PathPrefix, "/a"))));

        assertThat(find(table, "/a/x")).isEqualTo("a");
        assertThat(find(table, "/b")).isEqualTo("any");
    }

    @Test
    void ruleAppliesIfAnyOfItsMatchesApplies() {
        RoutingTable table = table(rule("r", on(path(MatchType.Exact, "/a")), on(path(MatchType.PathPrefix, "/b"))));

        assertThat(find(table, "/a")).isEqualTo("r");
        assertThat(find(table, "/b/c")).isEqualTo("r");
        assertThat(find(table, "/c")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/(a+)+b", "/(a|a)*b", "/(a|b)*", "/(a*)*c", "/(.*)(.*)(.*)(.*)(.*)(.*)x"})
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a backtracking matcher never ends
    void matchesExpressionsInLinearTime(String expression) {
        RoutingTable table = table(rule("r", on(path(MatchType.RegularExpression, expression))));

        assertThat(find(table, "/" + "a".repeat(8000) + "!")).isNull();
    }

    @Test
    void matchesEquivalentSpellingsOfPath() {
        RoutingTable table = table(
                rule("exact", on(path(MatchType.Exact, "/a%2Db/c"))),
                rule("prefix", on(path(MatchType.PathPrefix, "/%7euser/"))));

        assertThat(find(table, RequestPath.normalize("//%61-b/c"))).isEqualTo("exact");
        assertThat(find(table, RequestPath.normalize("/~user/x"))).isEqualTo("prefix");
        assertThat(find(table, RequestPath.normalize("/%7Euser"))).isEqualTo("prefix");
    }

    @Test
    void comparesHeadersAndQueryParameters() {
        RoutingTable table = table(rule(
                "r",
                new Match(
                        null,
                        null,
                        List.of(
                                new ValueMatch(MatchType.RegularExpression, "User-Agent", ".*bot.*"),
                                new ValueMatch(MatchType.Exact, "X-List", "a, b")),
                        List.of(
                                new ValueMatch(MatchType.Exact, "q", "a b"),
                                new ValueMatch(MatchType.RegularExpression, "n", "[0-9]+")))));
        Fields headers = fields("user-agent", "some bot 1", "x-list", "a", "x-list", "b");

        assertThat(find(table, "GET", "/?q=a%20b&n=12", headers)).isEqualTo("r");
        assertThat(find(table, "GET", "/?q=a+b&n=12", headers)).isEqualTo("r");
        assertThat(find(table, "GET", "/?q=a+b&n=12x", headers)).isNull();
        assertThat(find(table, "GET", "/?Q=a+b&n=12", headers)).isNull();
        assertThat(find(table, "GET", "/?q=%zz&n=12", headers)).isNull();
        assertThat(find(table, "GET", "/", headers)).isNull();
        assertThat(find(table, "GET", "/?q=a+b&n=12", NONE)).isNull();
    }

    @Test
    void usesFirstOfSeveralConditionsOnOneHeader() {
        RoutingTable table = table(rule(
                "r",
                new Match(
                        null,
                        null,
                        List.of(
                                new ValueMatch(MatchType.Exact, "X-One", "1"),
                                new ValueMatch(MatchType.Exact, "x-one", "2")),
                        null)));

        assertThat(find(table, "GET", "/", fields("X-One", "1"))).isEqualTo("r");
    }

    @Test
    void picksBackendsByWeight() {
        Rule weighted = new Rule(
                "w",
                null,
                null,
                List.of(new BackendRef("a", 9), new BackendRef("none", 0), new BackendRef("b", 1)),
                null,
                null);
        RouteRule rule = table(weighted).rules().getFirst();
        int[] counts = new int[3];
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 10_000; i++) {
            counts[rule.pick(random)]++;
        }

        assertThat(counts[0]).isBetween(8800, 9200);
        assertThat(counts[1]).isZero();
        assertThat(counts[2]).isBetween(800, 1200);
    }

    @Test
    void shareOfUnresolvedBackendGoesNowhere() {
        Rule rule = new Rule("u", null, null, List.of(new BackendRef(null, 3), new BackendRef("a", 1)), null, null);
        RouteRule compiled = table(rule).rules().getFirst();
        SplittableRandom random = new SplittableRandom(42);
        int none = 0;
        for (int i = 0; i < 10_000; i++) {
            int picked = compiled.pick(random);
            assertThat(picked).isIn(-1, 0);
            none += picked < 0 ? 1 : 0;
        }

        assertThat(compiled.backends()).containsExactly("a");
        assertThat(none).isBetween(7300, 7700);
    }

    @Test
    void picksNoBackendWhenAllWeightsAreZero() {
        Rule none = new Rule("n", null, null, List.of(new BackendRef("a", 0)), null, null);
        Rule empty = new Rule("e", null, null, List.of(), null, null);
        List<Integer> picked = new ArrayList<>();
        table(none, empty).rules().forEach(rule -> picked.add(rule.pick(new SplittableRandom())));

        assertThat(picked).containsExactly(-1, -1);
    }

    @ParameterizedTest
    @CsvSource({
        "a.example.com, a.example.com, true",
        "A.Example.com, a.example.com, true",
        "*.example.com, a.example.com, true",
        "*.example.com, a.b.example.com, true",
        "*.example.com, example.com, false",
        "*.example.com, .example.com, false",
        "*.example.com, aexample.com, false",
        "example.com, '', false",
    })
    void matchesHostnamesWithWildcards(String served, String host, boolean matches) {
        assertThat(Hostnames.of(List.of(served)).matches(host)).isEqualTo(matches);
        assertThat(Hostnames.of(List.of()).matches(host)).isTrue();
    }
}
