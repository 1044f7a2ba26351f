package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The admission policies of {@code manifests/base}. That they allow what the operator does is shown by all other tests. */
@ClusterTest
class AdmissionPolicyIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String OPERATOR =
            "--as=system:serviceaccount:%s:%s".formatted(Installation.NAMESPACE, Installation.OPERATOR);

    private static Route route;

    @BeforeAll
    static void serve(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
        route = Route.apply(namespace, "guarded", "routes/echo.yaml", Map.of("name", "guarded", "replicas", "1"));
        route.awaitServing(TIMEOUT);
    }

    @Test
    void personCannotScaleDeploymentOfRouteToZero(Cluster cluster, TestNamespace namespace) {
        assertThatThrownBy(() ->
                        cluster.kubectl("scale", "deployment/guarded-proxy", "--replicas=0", "-n", namespace.name()))
                .hasMessageContaining("set spec.proxy.replicas of the ProxyRoute to 0 instead");
        assertThatThrownBy(() -> cluster.kubectl(
                        "patch",
                        "deployment/guarded-proxy",
                        "-n",
                        namespace.name(),
                        "-p",
                        "{\"spec\":{\"replicas\":0}}"))
                .hasMessageContaining("set spec.proxy.replicas of the ProxyRoute to 0 instead");
    }

    @ParameterizedTest
    @CsvSource({
        "create secret generic mine, only objects with the names",
        "create secret generic x-proxy-tls -n kube-system, nothing in kube-system",
        "create serviceaccount mine, only objects with the names",
        "create configmap mine, only objects with the names",
        "create deployment mine --image=x, only objects with the names"
    })
    void operatorCannotTouchOtherObjects(String command, String reason, Cluster cluster, TestNamespace namespace) {
        String where = command.contains("kube-system") ? "" : " -n " + namespace.name();

        assertThatThrownBy(() -> cluster.kubectl((command + where + " " + OPERATOR).split(" ")))
                .hasMessageContaining(reason);
    }

    @Test
    void operatorCannotRelabelPods(Cluster cluster, TestNamespace namespace) {
        String pod = route.pods().getFirst().getMetadata().getName();

        assertThatThrownBy(() -> cluster.kubectl("label", "pod", pod, "team=mine", "-n", namespace.name(), OPERATOR))
                .hasMessageContaining("of a pod, the operator changes only the label");
    }
}
