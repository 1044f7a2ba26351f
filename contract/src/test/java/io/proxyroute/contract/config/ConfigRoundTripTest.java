package io.proxyroute.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.Update;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every written document is read back unchanged, so the reader cannot miss a field of a record. */
class ConfigRoundTripTest {

    @Property(tries = 300)
    void readsBackWrittenDocuments(@ForAll("documents") ConfigDocument document) throws IOException {
        assertThat(ConfigReader.config(Json.MAPPER.writeValueAsBytes(document)))
                .isEqualTo(new ParseResult.Valid<>(document));
    }

    @Property(tries = 100)
    void readsBackWrittenUpdatesAndEndpoints(
            @ForAll("documents") ConfigDocument config, @ForAll("endpointLists") EndpointsDocument endpoints)
            throws IOException {
        Update update = new Update(config, endpoints);
        assertThat(ConfigReader.update(Json.MAPPER.writeValueAsBytes(update)))
                .isEqualTo(new ParseResult.Valid<>(update));
        assertThat(ConfigReader.endpoints(Json.MAPPER.writeValueAsBytes(endpoints)))
                .isEqualTo(new ParseResult.Valid<>(endpoints));
    }

    @Property(tries = 200)
    void hashDependsOnContentOnly(
            @ForAll("documents") ConfigDocument document, @ForAll long sequence, @ForAll String otherHash)
            throws IOException {
        String hash = ConfigHash.of(document);
        assertThat(ConfigHash.of(document.withSequence(sequence).withHash(otherHash)))
                .isEqualTo(hash);
        assertThat(ConfigHash.of(withFilterConfigReversed(document))).isEqualTo(hash);
        assertThat(ConfigHash.of(Json.MAPPER.readValue(Json.MAPPER.writeValueAsBytes(document), ConfigDocument.class)))
                .isEqualTo(hash);
    }

    @Property(tries = 200)
    void differentContentHasDifferentHash(
            @ForAll("documents") ConfigDocument one, @ForAll("documents") ConfigDocument two) {
        boolean same =
                one.withSequence(0).withHash(null).equals(two.withSequence(0).withHash(null));
        assertThat(ConfigHash.of(one).equals(ConfigHash.of(two))).isEqualTo(same);
    }

    private static ConfigDocument withFilterConfigReversed(ConfigDocument d) {
        List<Rule> rules = d.rules().stream()
                .map(r -> new Rule(
                        r.name(),
                        r.matches(),
                        r.filters().stream().map(ConfigRoundTripTest::reversed).toList(),
                        r.backendRefs(),
                        r.timeouts(),
                        r.retry()))
                .toList();
        return new ConfigDocument(
                d.route(),
                d.sequence(),
                d.hash(),
                d.listeners(),
                rules,
                d.backends(),
                d.connectionPool(),
                d.timeouts(),
                d.limits(),
                d.trustedProxies(),
                d.drain(),
                d.telemetry());
    }

    private static RuleFilter reversed(RuleFilter filter) {
        if (!(filter instanceof RuleFilter.Custom(String name, String className, Map<String, String> config))) {
            return filter;
        }
        Map<String, String> reversed = new LinkedHashMap<>();
        new ArrayList<>(config.keySet()).reversed().forEach(key -> reversed.put(key, config.get(key)));
        return new RuleFilter.Custom(name, className, reversed);
    }

    @Provide
    Arbitrary<EndpointsDocument> endpointLists() {
        Arbitrary<EndpointsDocument.Endpoint> endpoint = Combinators.combine(
                        Arbitraries.of("10.0.0.1", "192.168.7.9", "fd00::1"),
                        Arbitraries.integers().between(1, 65535))
                .as(EndpointsDocument.Endpoint::new);
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.maps(backendIds(), endpoint.list().ofMaxSize(3))
                                .ofMaxSize(3))
                .as(EndpointsDocument::new);
    }

    @Provide
    Arbitrary<ConfigDocument> documents() {
        return backendIds().list().uniqueElements().ofMinSize(1).ofMaxSize(3).flatMap(ids -> Combinators.combine(
                        Combinators.combine(names(), names(), names()).as(RouteRef::new),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        names(),
                        listeners(),
                        rules(ids),
                        Arbitraries.just(ids).flatMap(ConfigRoundTripTest::backends),
                        pools(),
                        rest())
                .as((route, sequence, hash, listeners, rules, backends, pool, rest) -> new ConfigDocument(
                        route,
                        sequence,
                        hash,
                        listeners,
                        rules,
                        backends,
                        pool,
                        rest.timeouts,
                        rest.limits,
                        rest.trustedProxies,
                        rest.drain,
                        rest.telemetry)));
    }

    private record Rest(
            Timeouts timeouts, Limits limits, TrustedProxies trustedProxies, Drain drain, Telemetry telemetry) {}

    private static Arbitrary<Rest> rest() {
        Arbitrary<Duration> d = durations();
        return Combinators.combine(
                        Combinators.combine(d, d, d, d, d, d).as(Timeouts::new),
                        Combinators.combine(
                                        Arbitraries.integers().between(256, 65536),
                                        Arbitraries.integers().between(1024, 262144),
                                        Arbitraries.integers().between(1, 1000),
                                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                                        Arbitraries.integers().between(1, 10),
                                        Arbitraries.integers().between(0, 1_000_000))
                                .as(Limits::new),
                        Arbitraries.oneOf(
                                Arbitraries.integers().between(0, 16).map(hops -> new TrustedProxies(hops, null)),
                                Arbitraries.of("10.0.0.0/8", "fd00::/8", "192.0.2.1")
                                        .list()
                                        .ofMaxSize(3)
                                        .map(cidrs -> new TrustedProxies(0, cidrs))),
                        Combinators.combine(d, d).as(Drain::new),
                        Combinators.combine(
                                        Arbitraries.of(true, false),
                                        Arbitraries.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(15)))
                                .as(Telemetry::new))
                .as(Rest::new);
    }

    private static Arbitrary<ConnectionPool> pools() {
        Arbitrary<Duration> d = durations();
        return Arbitraries.integers().between(1, 1_000_000).flatMap(max -> Combinators.combine(
                        Arbitraries.integers().between(1, max),
                        Arbitraries.integers().between(0, 1_000_000),
                        d,
                        d,
                        d,
                        d)
                .as((perBackend, pending, a, b, c, e) ->
                        new ConnectionPool(max, perBackend, pending, a, b, c, e, a, b)));
    }

    private static Arbitrary<List<Backend>> backends(List<String> ids) {
        return Combinators.combine(names(), Arbitraries.integers().between(1, 65535), Arbitraries.of(true, false))
                .as((host, port, endpoints) -> ids.stream()
                        .map(id -> new Backend(id, host, port, endpoints))
                        .toList());
    }

    private static Arbitrary<List<Listener>> listeners() {
        Arbitrary<Listener> listener = Combinators.combine(
                        names(),
                        Arbitraries.integers().between(0, 65535),
                        Arbitraries.of("example.com", "*.example.com").list().ofMaxSize(2))
                .as(Listener::new);
        return listener.list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .uniqueElements(Listener::name)
                .uniqueElements(Listener::port);
    }

    private static Arbitrary<List<Rule>> rules(List<String> backends) {
        Arbitrary<Rule> rule = Combinators.combine(
                        names(),
                        matches().list().ofMaxSize(2),
                        filters()
                                .list()
                                .uniqueElements(ConfigRoundTripTest::nameOrSelf)
                                .ofMaxSize(2),
                        Combinators.combine(
                                        Arbitraries.of(backends),
                                        Arbitraries.integers().between(0, 1_000_000))
                                .as(BackendRef::new)
                                .list()
                                .ofMaxSize(2),
                        Combinators.combine(
                                        durations().injectNull(0.5), durations().injectNull(0.5))
                                .as(RuleTimeouts::new),
                        Combinators.combine(
                                        Arbitraries.integers().between(0, 100),
                                        Arbitraries.integers()
                                                .between(400, 599)
                                                .list()
                                                .ofMaxSize(3),
                                        durations(),
                                        Arbitraries.integers().between(0, 100))
                                .as(Retry::new)
                                .injectNull(0.5))
                .as(Rule::new);
        return rule.list().ofMaxSize(3).uniqueElements(Rule::name);
    }

    private static Arbitrary<Match> matches() {
        Arbitrary<ValueMatch> value = Combinators.combine(
                        Arbitraries.of(MatchType.Exact, MatchType.RegularExpression),
                        names(),
                        Arbitraries.strings().alpha().ofMaxLength(5))
                .as(ValueMatch::new);
        Arbitrary<PathMatch> path = Combinators.combine(Arbitraries.of(MatchType.class), names())
                .as((type, name) -> new PathMatch(type, "/" + name));
        return Combinators.combine(
                        path.injectNull(0.3),
                        Arbitraries.of("GET", "POST").injectNull(0.3),
                        value.list().ofMaxSize(2),
                        value.list().ofMaxSize(2))
                .as(Match::new);
    }

    /** Custom filters of one rule differ in name. */
    private static Object nameOrSelf(RuleFilter filter) {
        return filter instanceof RuleFilter.Custom custom ? custom.name() : filter;
    }

    private static Arbitrary<RuleFilter> filters() {
        Arbitrary<RuleFilter.Header> header = Combinators.combine(
                        names().map(name -> "x-" + name),
                        Arbitraries.strings().withCharRange('!', '~').ofMaxLength(8))
                .as(RuleFilter.Header::new);
        Arbitrary<RuleFilter.HeaderEdits> edits = Combinators.combine(
                        header.list().ofMaxSize(2).uniqueElements(RuleFilter.Header::name),
                        header.list().ofMaxSize(2),
                        names().map(name -> "x-" + name).list().ofMaxSize(2))
                .as(RuleFilter.HeaderEdits::new);
        Arbitrary<RuleFilter> custom = Combinators.combine(
                        names(),
                        Arbitraries.maps(names(), Arbitraries.strings()).ofMaxSize(3))
                .as((name, config) -> new RuleFilter.Custom(name, "com.example.Filter", config));
        return Arbitraries.oneOf(
                edits.map(RuleFilter.RequestHeaders::new), edits.map(RuleFilter.ResponseHeaders::new), custom);
    }

    private static Arbitrary<Duration> durations() {
        return Arbitraries.longs()
                .between(0, Duration.ofHours(1_000_000).toMillis())
                .map(Duration::ofMillis);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8);
    }

    private static Arbitrary<String> backendIds() {
        return Combinators.combine(names(), names(), Arbitraries.integers().between(1, 65535))
                .as((namespace, name, port) -> namespace + "/" + name + ":" + port);
    }
}
