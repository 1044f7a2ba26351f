package io.proxyroute.operator.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.proxyroute.api.v1alpha1.BackendRefSpec;
import io.proxyroute.api.v1alpha1.ConnectionPoolSpec;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.api.v1alpha1.GuardSpec.BlackoutWindow;
import io.proxyroute.api.v1alpha1.LeakDetectionSpec;
import io.proxyroute.api.v1alpha1.LimitsSpec;
import io.proxyroute.api.v1alpha1.MatchSpec;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.TunedValues;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.api.v1alpha1.RetrySpec;
import io.proxyroute.api.v1alpha1.RuleFilterSpec;
import io.proxyroute.api.v1alpha1.RuleSpec;
import io.proxyroute.api.v1alpha1.RuleTimeoutsSpec;
import io.proxyroute.api.v1alpha1.ThresholdSpec;
import io.proxyroute.api.v1alpha1.TimeoutsSpec;
import io.proxyroute.api.v1alpha1.TrustedProxiesSpec;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigHash;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Drain;
import io.proxyroute.contract.config.Limits;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.ParseResult;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.contract.config.Telemetry;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.contract.config.ValueMatch;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Renders the configuration that a route's proxies serve, and validates it as a proxy does. */
public final class ConfigCompiler {

    private ConfigCompiler() {}

    /**
     * Compiles a route.
     *
     * @param tuned values that replace those of the spec; null, or null fields, for none
     * @param policy what this installation allows
     * @throws IllegalStateException if it is not known yet whether a Service of another namespace may be used
     */
    public static Compilation compile(
            ProxyRoute route, TunedValues tuned, BackendServices services, InstallationPolicy policy) {
        List<Problem> unresolved = new ArrayList<>();
        ProxyRouteSpec spec = route.getSpec();
        BackendResolver resolver = new BackendResolver(route.getMetadata().getNamespace(), services, unresolved);
        List<Rule> rules = IntStream.range(0, spec.rules().size())
                .mapToObj(i -> rule(spec.rules().get(i), i, spec.timeouts(), resolver))
                .toList();
        ConfigDocument document = new ConfigDocument(
                RouteNames.ref(route),
                0,
                null,
                spec.listeners().stream()
                        .map(listener -> new Listener(listener.name(), listener.port(), listener.hostnames()))
                        .toList(),
                rules,
                resolver.backends(),
                pool(spec.connectionPool(), tuned),
                timeouts(spec.timeouts()),
                limits(spec.limits()),
                trustedProxies(spec.trustedProxies()),
                new Drain(
                        spec.proxy().drain().delay().toJava(),
                        spec.proxy().drain().timeout().toJava()),
                new Telemetry(spec.telemetry().accessLog(), liveSetInterval(spec.remediation())));
        List<Problem> problems = new ArrayList<>(check(document));
        problems.addAll(unknownTimeZones(spec.remediation().guard().blackoutWindows()));
        JvmSizing.problem(spec.proxy().resources()).ifPresent(problems::add);
        InstallationChecks.problems(spec, policy).stream()
                .filter(problem ->
                        problems.stream().noneMatch(known -> known.path().equals(problem.path())))
                .toList()
                .forEach(problems::add);
        if (problems.isEmpty()) {
            return new Compilation.Compiled(document.withHash(ConfigHash.of(document)), unresolved);
        }
        problems.addAll(unresolved);
        return new Compilation.Rejected(problems);
    }

    /** Validates the document with the reader that the proxies use. */
    private static List<Problem> check(ConfigDocument document) {
        try {
            byte[] json = Json.MAPPER.writeValueAsBytes(document.withSequence(1));
            return switch (ConfigReader.config(json)) {
                case ParseResult.Valid<ConfigDocument> _ -> List.of();
                case ParseResult.Invalid<ConfigDocument> invalid ->
                    invalid.errors().stream()
                            .map(error -> new Problem(
                                    Reason.InvalidSpec, SpecPaths.of(document, error.path()), error.message()))
                            .toList();
            };
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot serialize a contract record", e);
        }
    }

    /** Proxies do not read blackout windows, so the compiler validates their time zones. */
    private static List<Problem> unknownTimeZones(List<BlackoutWindow> windows) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            String zone = windows.get(i).timeZone();
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                problems.add(new Problem(
                        Reason.InvalidSpec,
                        "spec.remediation.guard.blackoutWindows[%d].timeZone".formatted(i),
                        "is \"%s\", but must be an IANA time zone such as Europe/Zurich.".formatted(zone)));
            }
        }
        return problems;
    }

    private static Rule rule(RuleSpec rule, int index, TimeoutsSpec inherited, BackendResolver resolver) {
        return new Rule(
                rule.name() != null ? rule.name() : "rule-" + index,
                rule.matches().stream().map(ConfigCompiler::match).toList(),
                rule.filters().stream().map(ConfigCompiler::filter).toList(),
                IntStream.range(0, rule.backendRefs().size())
                        .mapToObj(i -> {
                            BackendRefSpec ref = rule.backendRefs().get(i);
                            return new BackendRef(
                                    resolver.resolve(ref, "spec.rules[%d].backendRefs[%d]".formatted(index, i)),
                                    ref.weight());
                        })
                        .toList(),
                ruleTimeouts(rule.timeouts(), inherited),
                retry(rule.retry()));
    }

    private static Match match(MatchSpec match) {
        return new Match(
                match.path() == null
                        ? null
                        : new PathMatch(
                                MatchType.valueOf(match.path().type().name()),
                                match.path().value()),
                match.method() == null ? null : match.method().name(),
                match.headers().stream()
                        .map(header ->
                                new ValueMatch(MatchType.valueOf(header.type().name()), header.name(), header.value()))
                        .toList(),
                match.queryParams().stream()
                        .map(param ->
                                new ValueMatch(MatchType.valueOf(param.type().name()), param.name(), param.value()))
                        .toList());
    }

    private static RuleFilter filter(RuleFilterSpec filter) {
        return switch (filter.type()) {
            case RequestHeaderModifier -> new RuleFilter.RequestHeaders(edits(filter.requestHeaderModifier()));
            case ResponseHeaderModifier -> new RuleFilter.ResponseHeaders(edits(filter.responseHeaderModifier()));
            case Custom ->
                new RuleFilter.Custom(
                        filter.custom().name(),
                        filter.custom().className(),
                        filter.custom().config());
        };
    }

    private static RuleFilter.HeaderEdits edits(RuleFilterSpec.HeaderEdits edits) {
        return new RuleFilter.HeaderEdits(headers(edits.set()), headers(edits.add()), edits.remove());
    }

    private static List<RuleFilter.Header> headers(List<RuleFilterSpec.Header> headers) {
        return headers.stream()
                .map(header -> new RuleFilter.Header(header.name(), header.value()))
                .toList();
    }

    /** A limit of an attempt that is not set follows a request limit that is. */
    private static RuleTimeouts ruleTimeouts(RuleTimeoutsSpec timeouts, TimeoutsSpec inherited) {
        if (timeouts == null) {
            return RuleTimeouts.INHERITED;
        }
        GatewayDuration attempt = timeouts.backendRequest() == null && timeouts.request() != null
                ? TimeoutsSpec.ofAttempt(inherited.backendRequest(), timeouts.request())
                : timeouts.backendRequest();
        return new RuleTimeouts(orNull(timeouts.request()), orNull(attempt));
    }

    private static Retry retry(RetrySpec retry) {
        return retry == null
                ? null
                : new Retry(retry.attempts(), retry.codes(), retry.backoff().toJava(), retry.budgetPercent());
    }

    private static Timeouts timeouts(TimeoutsSpec timeouts) {
        return new Timeouts(
                timeouts.request().toJava(),
                timeouts.backendRequest().toJava(),
                timeouts.idle().toJava(),
                timeouts.clientIdle().toJava(),
                timeouts.requestHeaders().toJava(),
                timeouts.maxStreamDuration().toJava());
    }

    private static Limits limits(LimitsSpec limits) {
        return new Limits(
                limits.requestLineBytes(),
                limits.headerBytes(),
                limits.headerLines(),
                limits.bodyBytes(),
                limits.loopPasses(),
                limits.requestsPerClient());
    }

    private static TrustedProxies trustedProxies(TrustedProxiesSpec trusted) {
        return trusted == null
                ? TrustedProxies.NONE
                : new TrustedProxies(trusted.hops() == null ? 0 : trusted.hops(), trusted.cidrs());
    }

    private static ConnectionPool pool(ConnectionPoolSpec pool, TunedValues tuned) {
        Integer perBackend = tuned == null ? null : tuned.maxConnectionsPerBackend();
        GatewayDuration acquire = tuned == null ? null : tuned.acquireTimeout();
        return new ConnectionPool(
                pool.maxConnections(),
                perBackend != null ? perBackend : pool.maxConnectionsPerBackend(),
                pool.maxPendingAcquires(),
                (acquire != null ? acquire : pool.acquireTimeout()).toJava(),
                pool.connectTimeout().toJava(),
                pool.keepAlive().toJava(),
                pool.maxLifetime().toJava(),
                pool.leakDetectionThreshold().toJava(),
                pool.abandonedTimeout().toJava());
    }

    /** Zero if neither the leak detector nor a threshold uses the live set. */
    private static Duration liveSetInterval(RemediationSpec remediation) {
        LeakDetectionSpec leakDetection = remediation.leakDetection();
        boolean measured = leakDetection.enabled()
                || remediation.thresholds().stream()
                        .anyMatch(threshold -> threshold.metric() == ThresholdSpec.Metric.LiveSet);
        return measured ? leakDetection.sampleInterval().toJava() : Duration.ZERO;
    }

    private static Duration orNull(GatewayDuration duration) {
        return duration == null ? null : duration.toJava();
    }
}
