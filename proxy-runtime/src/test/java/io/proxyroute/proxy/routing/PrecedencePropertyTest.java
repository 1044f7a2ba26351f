package io.proxyroute.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** For arbitrary rules in any order, the table agrees with a literal implementation of the Gateway API's precedence. */
class PrecedencePropertyTest {

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "ab", "b")
                .list()
                .ofMinSize(0)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts));
    }

    @Provide
    Arbitrary<List<Match>> matches() {
        Arbitrary<PathMatch> path = Combinators.combine(Arbitraries.of(MatchType.Exact, MatchType.PathPrefix), paths())
                .as(PathMatch::new)
                .injectNull(0.1);
        Arbitrary<String> method = Arbitraries.of("GET", "PUT").injectNull(0.5);
        return Combinators.combine(path, method)
                .as((p, m) -> new Match(p, m, null, null))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Property(tries = 2000)
    void mostSpecificMatchWins(
            @ForAll("matches") List<Match> matches, @ForAll("paths") String path, @ForAll boolean put) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            rules.add(new Rule("" + i, List.of(matches.get(i)), null, List.of(new BackendRef("b", 1)), null, null));
        }
        RoutingTable table = RoutingTable.compile(
                new ConfigDocument(null, 1, null, null, rules, null, null, null, null, null, null, null));
        String method = put ? "PUT" : "GET";

        RouteRule found =
                table.find(Head.request(method, "shop.example", path, Protocol.HTTP_1_1, 0, new Fields()), path, null);

        String expected = rules.stream()
                .filter(rule -> takes(rule.matches().getFirst(), method, path))
                .min(Comparator.comparing((Rule r) -> !exact(r))
                        .thenComparing(r -> -prefixLength(r))
                        .thenComparing(r -> r.matches().getFirst().method() == null)
                        .thenComparing(r -> Integer.parseInt(r.name())))
                .map(Rule::name)
                .orElse(null);
        assertThat(found == null ? null : found.name()).isEqualTo(expected);
    }

    private static boolean exact(Rule rule) {
        PathMatch path = rule.matches().getFirst().path();
        return path != null && path.type() == MatchType.Exact;
    }

    private static int prefixLength(Rule rule) {
        PathMatch path = rule.matches().getFirst().path();
        return path == null || path.value().equals("/") ? 0 : path.value().length();
    }

    private static boolean takes(Match match, String method, String path) {
        if (match.method() != null && !match.method().equals(method)) {
            return false;
        }
        if (match.path() == null
                || match.path().value().equals("/") && match.path().type() == MatchType.PathPrefix) {
            return true;
        }
        String value = match.path().value();
        return path.equals(value) || match.path().type() == MatchType.PathPrefix && path.startsWith(value + "/");
    }
}
