package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The desired state of a route. */
@ApiType
@ValidationRule(
        value = "self.listeners.all(l, self.listeners.exists_one(m, m.port == l.port))",
        message = "spec.listeners[].port must be unique: give each listener a different port.")
@ValidationRule(
        value =
                "!has(self.rules) || self.rules.all(r, !has(r.name) || self.rules.exists_one(s, has(s.name) && s.name == r.name))",
        message = "spec.rules[].name must be unique: rename one of the rules, or omit its name.")
@ValidationRule(
        value = "!has(self.rules) || self.rules.all(r, !has(r.timeouts) || !has(r.timeouts.backendRequest) ||"
                + " !valid(r.timeouts.backendRequest) || " + ProxyRouteSpec.RULE_REQUEST_INVALID + " || ms("
                + ProxyRouteSpec.RULE_REQUEST + ") == 0 ||"
                + " ms(r.timeouts.backendRequest) <= ms(" + ProxyRouteSpec.RULE_REQUEST + "))",
        message = "spec.rules[].timeouts.backendRequest must be at most the rule's request timeout; a rule"
                + " inherits an omitted timeout from spec.timeouts, where request is 5s by default.")
@ValidationRule(
        value = "self.autoscaling.mode == 'Disabled' || !has(self.proxy.replicas)",
        message = "spec.proxy.replicas may be set only if spec.autoscaling.mode is Disabled: otherwise"
                + " autoscaling sets the number of pods.")
@ValidationRule(
        value = "self.autoscaling.mode != 'Disabled' || !has(self.proxy.disruptionBudget) ||"
                + " !has(self.proxy.disruptionBudget.minAvailable) || self.proxy.disruptionBudget.minAvailable == 0 ||"
                + " (has(self.proxy.replicas) && self.proxy.replicas <= 0) || self.proxy.disruptionBudget.minAvailable <"
                + " (has(self.proxy.replicas) ? self.proxy.replicas : 1)",
        message =
                "spec.proxy.disruptionBudget.minAvailable must be less than spec.proxy.replicas, which is 1 by default:"
                        + " otherwise no pod can be evicted. Lower it, or raise replicas.")
@ValidationRule(
        value = "self.autoscaling.mode != 'Operator' || !has(self.proxy.disruptionBudget) ||"
                + " !has(self.proxy.disruptionBudget.minAvailable) || self.proxy.disruptionBudget.minAvailable == 0 ||"
                + " self.proxy.disruptionBudget.minAvailable < (has(self.autoscaling.min) ? self.autoscaling.min : 1)",
        message =
                "spec.proxy.disruptionBudget.minAvailable must be less than spec.autoscaling.min, which is 1 by default:"
                        + " otherwise no pod can be evicted at the minimum. Lower it, or raise min.")
@ValidationRule(
        value = "self.tuning.mode == 'Disabled' || !has(self.tuning.bounds) ||"
                + " !has(self.tuning.bounds.maxConnectionsPerBackend) ||"
                + " !has(self.tuning.bounds.maxConnectionsPerBackend.max) || self.connectionPool.maxConnections < 1 ||"
                + " self.tuning.bounds.maxConnectionsPerBackend.max > 65535 ||"
                + " self.tuning.bounds.maxConnectionsPerBackend.max <= self.connectionPool.maxConnections",
        message = "spec.tuning.bounds.maxConnectionsPerBackend.max must be at most spec.connectionPool.maxConnections,"
                + " which is 200 by default: lower it, or raise maxConnections.")
public record ProxyRouteSpec(
        @Required
        @Size(min = 1, max = 8)
        @JsonPropertyDescription(
                "Ports on which the proxy accepts connections; at least one. A change does not restart pods.")
        List<ListenerSpec> listeners,

        @Size(max = 64)
        @JsonPropertyDescription(
                "How requests are handled. The most specific match wins, as in the Gateway API: exact path,"
                        + " longest prefix, method, number of headers, number of query parameters, then order. A request"
                        + " that matches no rule gets a 404 response.")
        List<RuleSpec> rules,

        @JsonPropertyDescription("Limits on each pod's connections to backends.")
        ConnectionPoolSpec connectionPool,

        @JsonPropertyDescription("Time limits of each request; rules may override them. 0s means no limit.")
        TimeoutsSpec timeouts,

        @JsonPropertyDescription("Limits on what clients may send.")
        LimitsSpec limits,

        @JsonPropertyDescription(
                "Proxies in front of the route, such as a load balancer. Their X-Forwarded-For, -Proto, -Host and"
                        + " -Port and their Forwarded header are kept and extended; everyone else's are replaced. By"
                        + " default no one is trusted.")
        TrustedProxiesSpec trustedProxies,

        @JsonPropertyDescription("What the proxy logs.") TelemetrySpec telemetry,
        @JsonPropertyDescription("The proxy's pods.") ProxySpec proxy,

        @JsonPropertyDescription("How the number of pods is set.")
        AutoscalingSpec autoscaling,

        @JsonPropertyDescription("Tuning of pool settings by measured concurrency.")
        TuningSpec tuning,

        @JsonPropertyDescription(
                "How the health of each pod is evaluated, and what the operator may do about a pod that leaks"
                        + " or breaches a threshold.")
        RemediationSpec remediation) {

    /** CEL for the request timeout of the rule {@code r}. */
    static final String RULE_REQUEST =
            "(has(r.timeouts) && has(r.timeouts.request) ? r.timeouts.request : self.timeouts.request)";

    static final String RULE_REQUEST_INVALID = "!valid(" + RULE_REQUEST + ")";

    public ProxyRouteSpec {
        listeners = Defaults.orEmpty(listeners);
        rules = Defaults.orEmpty(rules);
        connectionPool = Defaults.orElse(connectionPool, ConnectionPoolSpec.DEFAULT);
        timeouts = Defaults.orElse(timeouts, TimeoutsSpec.DEFAULT);
        limits = Defaults.orElse(limits, LimitsSpec.DEFAULT);
        telemetry = Defaults.orElse(telemetry, TelemetrySpec.DEFAULT);
        proxy = Defaults.orElse(proxy, ProxySpec.DEFAULT);
        autoscaling = Defaults.orElse(autoscaling, AutoscalingSpec.DEFAULT);
        tuning = Defaults.orElse(tuning, TuningSpec.DEFAULT);
        remediation = Defaults.orElse(remediation, RemediationSpec.DEFAULT);
    }
}
