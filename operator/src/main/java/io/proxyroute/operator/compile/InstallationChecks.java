package io.proxyroute.operator.compile;

import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.ProxySpec;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Finds what a route asks for and its installation does not allow. Used once, by one thread. */
final class InstallationChecks {

    private final InstallationPolicy policy;
    private final List<Problem> problems = new ArrayList<>();

    private InstallationChecks(InstallationPolicy policy) {
        this.policy = policy;
    }

    static List<Problem> problems(ProxyRouteSpec spec, InstallationPolicy policy) {
        InstallationChecks checks = new InstallationChecks(policy);
        checks.pods(spec.proxy());
        checks.intervals(spec);
        return checks.problems;
    }

    private void pods(ProxySpec proxy) {
        if (proxy.image() != null) {
            names("spec.proxy.image", List.of(proxy.image()), policy.images(), "--allowed-images");
        }
        if (proxy.priorityClassName() != null) {
            names(
                    "spec.proxy.priorityClassName",
                    List.of(proxy.priorityClassName()),
                    policy.priorityClasses(),
                    "--allowed-priority-classes");
        }
        names(
                "spec.proxy.podMetadata.annotations",
                proxy.podMetadata().annotations().keySet(),
                policy.podAnnotations(),
                "--allowed-pod-annotations");
        names(
                "spec.proxy.service.annotations",
                proxy.service().annotations().keySet(),
                policy.serviceAnnotations(),
                "--allowed-service-annotations");
    }

    private void intervals(ProxyRouteSpec spec) {
        interval("spec.remediation.pollInterval", spec.remediation().pollInterval(), policy.maxInterval());
        interval(
                "spec.remediation.leakDetection.sampleInterval",
                spec.remediation().leakDetection().sampleInterval(),
                null);
        interval("spec.autoscaling.interval", spec.autoscaling().interval(), null);
        interval("spec.tuning.interval", spec.tuning().interval(), null);
        GatewayDuration capture = spec.remediation().capture().timeout();
        if (capture.toJava().compareTo(policy.maxCapture()) > 0) {
            add(
                    "spec.remediation.capture.timeout",
                    "is %s, but this installation allows %s at most (--max-capture-timeout)."
                            .formatted(capture, GatewayDuration.of(policy.maxCapture())));
        }
    }

    /** @param max null for no limit */
    private void interval(String path, GatewayDuration value, Duration max) {
        if (value.toJava().compareTo(policy.minInterval()) < 0) {
            add(
                    path,
                    "is %s, but this installation allows %s at least (--min-interval)."
                            .formatted(value, GatewayDuration.of(policy.minInterval())));
        } else if (max != null && value.toJava().compareTo(max) > 0) {
            add(
                    path,
                    "is %s, but this installation allows %s at most (--max-interval)."
                            .formatted(value, GatewayDuration.of(max)));
        }
    }

    private void names(String path, Collection<String> names, List<String> allowed, String option) {
        names.stream()
                .filter(name -> !InstallationPolicy.allows(allowed, name))
                .sorted()
                .forEach(name -> add(
                        path,
                        "\"%s\" is not allowed by this installation; allowed are %s (%s)."
                                .formatted(name, allowed.isEmpty() ? "none" : String.join(", ", allowed), option)));
    }

    private void add(String path, String message) {
        problems.add(new Problem(Reason.NotAllowed, path, message));
    }
}
