package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What a user wants of a route. */
@ApiType
@ValidationRule(
        value = "self.listeners.all(l, self.listeners.exists_one(m, m.port == l.port))",
        message = "spec.listeners[].port must be unique: give every listener a port of its own.")
@ValidationRule(
        value =
                "!has(self.rules) || self.rules.all(r, !has(r.name) || self.rules.exists_one(s, has(s.name) && s.name == r.name))",
        message = "spec.rules[].name must be unique: rename one of the rules, or leave the name out.")
@ValidationRule(
        value =
                "!has(self.rules) || self.rules.all(r, duration(has(r.timeouts) && has(r.timeouts.request) ? r.timeouts.request :"
                        + " self.timeouts.request).getMilliseconds() == 0 || duration(has(r.timeouts) &&"
                        + " has(r.timeouts.backendRequest) ? r.timeouts.backendRequest :"
                        + " self.timeouts.backendRequest).getMilliseconds() <= duration(has(r.timeouts) &&"
                        + " has(r.timeouts.request) ? r.timeouts.request : self.timeouts.request).getMilliseconds())",
        message = "spec.rules[].timeouts.backendRequest must be at most the rule's request timeout; a rule that leaves"
                + " one of them out inherits it from spec.timeouts.")
@ValidationRule(
        value =
                "!has(self.rules) || self.rules.all(r, !has(r.retry) || duration(has(r.timeouts) && has(r.timeouts.request) ?"
                        + " r.timeouts.request : self.timeouts.request).getMilliseconds() == 0 || (r.retry.attempts + 1) *"
                        + " duration(has(r.timeouts) && has(r.timeouts.backendRequest) ? r.timeouts.backendRequest :"
                        + " self.timeouts.backendRequest).getMilliseconds() <= duration(has(r.timeouts) &&"
                        + " has(r.timeouts.request) ? r.timeouts.request : self.timeouts.request).getMilliseconds())",
        message = "spec.rules[].retry.attempts is too high: (attempts + 1) x backendRequest must be at most the rule's"
                + " request timeout; a rule that leaves a timeout out inherits it from spec.timeouts.")
@ValidationRule(
        value = "self.autoscaling.mode == 'Disabled' || !has(self.proxy.replicas)",
        message =
                "spec.proxy.replicas must be left out unless spec.autoscaling.mode is Disabled: otherwise two would set"
                        + " the number of pods.")
@ValidationRule(
        value = "self.autoscaling.mode != 'Disabled' || !has(self.proxy.disruptionBudget) ||"
                + " !has(self.proxy.disruptionBudget.minAvailable) || (has(self.proxy.replicas) &&"
                + " self.proxy.replicas == 0) || self.proxy.disruptionBudget.minAvailable <="
                + " (has(self.proxy.replicas) ? self.proxy.replicas : 1)",
        message = "spec.proxy.disruptionBudget.minAvailable must be at most spec.proxy.replicas (1 when left out):"
                + " otherwise no pod could ever be evicted.")
@ValidationRule(
        value = "self.autoscaling.mode != 'Operator' || !has(self.proxy.disruptionBudget) ||"
                + " !has(self.proxy.disruptionBudget.minAvailable) ||"
                + " self.proxy.disruptionBudget.minAvailable <= self.autoscaling.min",
        message = "spec.proxy.disruptionBudget.minAvailable must be at most spec.autoscaling.min: otherwise no pod"
                + " could be evicted while that few are wanted.")
@ValidationRule(
        value = "self.tuning.mode == 'Disabled' || self.tuning.bounds.maxConnectionsPerBackend.max <="
                + " self.connectionPool.maxConnections",
        message = "spec.tuning.bounds.maxConnectionsPerBackend.max must be at most spec.connectionPool.maxConnections.")
public record ProxyRouteSpec(
        @Required
        @Size(min = 1, max = 8)
        @JsonPropertyDescription("Ports that the proxy serves; at least one. Changing them never restarts a pod.")
        List<ListenerSpec> listeners,

        @Size(max = 64)
        @JsonPropertyDescription(
                "What becomes of requests. The most specific match wins, as in the Gateway API: exact path,"
                        + " longest prefix, method, number of headers, number of query parameters, then order."
                        + " A request that no rule takes is answered with 404.")
        List<RuleSpec> rules,

        @JsonPropertyDescription("Bounds of each pod's connections to backends.")
        ConnectionPoolSpec connectionPool,

        @JsonPropertyDescription("Time limits of every request; rules may set their own. 0s means none.")
        TimeoutsSpec timeouts,

        @JsonPropertyDescription("What the proxy logs.") TelemetrySpec telemetry,
        @JsonPropertyDescription("The proxy's pods.") ProxySpec proxy,

        @JsonPropertyDescription("Who sets the number of pods.")
        AutoscalingSpec autoscaling,

        @JsonPropertyDescription("Pool settings derived from measured concurrency.")
        TuningSpec tuning,

        @JsonPropertyDescription(
                "What is watched in every pod, and what the operator may do about a pod that leaks or breaches"
                        + " a threshold.")
        RemediationSpec remediation) {

    public ProxyRouteSpec {
        listeners = Absent.orEmpty(listeners);
        rules = Absent.orEmpty(rules);
        connectionPool = Absent.or(connectionPool, ConnectionPoolSpec.DEFAULT);
        timeouts = Absent.or(timeouts, TimeoutsSpec.DEFAULT);
        telemetry = Absent.or(telemetry, TelemetrySpec.DEFAULT);
        proxy = Absent.or(proxy, ProxySpec.DEFAULT);
        autoscaling = Absent.or(autoscaling, AutoscalingSpec.DEFAULT);
        tuning = Absent.or(tuning, TuningSpec.DEFAULT);
        remediation = Absent.or(remediation, RemediationSpec.DEFAULT);
    }
}
