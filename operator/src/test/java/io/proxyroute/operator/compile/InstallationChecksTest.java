package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.Duration;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class InstallationChecksTest {

    private static final InstallationPolicy STRICT = new InstallationPolicy(
            List.of("registry.example.com/*", "proxy:1"),
            List.of(),
            List.of("team"),
            List.of("lb.example.com/*"),
            List.of(),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(20));

    @Test
    void defaultsAreAllowed() {
        assertThat(problems("{listeners: []}", STRICT)).isEmpty();
    }

    @Test
    void listedNamesAreAllowed() {
        assertThat(problems("""
                        {listeners: [], proxy: {image: registry.example.com/a/b:2, podMetadata: {annotations: {team: a}},
                         service: {annotations: {lb.example.com/zone: b}}}}""", STRICT)).isEmpty();
        assertThat(problems("{listeners: [], proxy: {image: 'proxy:1'}}", STRICT))
                .isEmpty();
    }

    @Test
    void otherNamesAreNot() {
        assertThat(problems("""
                        {listeners: [], proxy: {image: 'proxy:12', priorityClassName: system-node-critical,
                         podMetadata: {annotations: {inject: a}}, service: {annotations: {lb.example.org/zone: b}}}}""", STRICT))
                .extracting(Problem::reason, Problem::toString)
                .containsExactly(
                        problem("spec.proxy.image: \"proxy:12\" is not allowed by this installation; allowed are"
                                + " registry.example.com/*, proxy:1 (--allowed-images)."),
                        problem(
                                "spec.proxy.priorityClassName: \"system-node-critical\" is not allowed by this installation;"
                                        + " allowed are none (--allowed-priority-classes)."),
                        problem(
                                "spec.proxy.podMetadata.annotations: \"inject\" is not allowed by this installation; allowed are"
                                        + " team (--allowed-pod-annotations)."),
                        problem(
                                "spec.proxy.service.annotations: \"lb.example.org/zone\" is not allowed by this installation;"
                                        + " allowed are lb.example.com/* (--allowed-service-annotations)."));
    }

    @Test
    void intervalsHaveFloorAndCeiling() {
        assertThat(problems("""
                        {listeners: [], remediation: {pollInterval: 1s, capture: {timeout: 1m}}, tuning: {interval: 4s}}""", STRICT))
                .extracting(Problem::toString)
                .containsExactly(
                        "spec.remediation.pollInterval: is 1s, but this installation allows 5s at least (--min-interval).",
                        "spec.tuning.interval: is 4s, but this installation allows 5s at least (--min-interval).",
                        "spec.remediation.capture.timeout: is 1m, but this installation allows 20s at most"
                                + " (--max-capture-timeout).");
        assertThat(problems("{listeners: [], remediation: {pollInterval: 6m}}", STRICT))
                .extracting(Problem::toString)
                .containsExactly(
                        "spec.remediation.pollInterval: is 6m, but this installation allows 5m at most (--max-interval).");
    }

    private static Tuple problem(String text) {
        return Tuple.tuple(Reason.NotAllowed, text);
    }

    private static List<Problem> problems(String yaml, InstallationPolicy policy) {
        return InstallationChecks.problems(
                new KubernetesSerialization().unmarshal("---\n" + yaml, ProxyRouteSpec.class), policy);
    }
}
