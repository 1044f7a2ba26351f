package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequeueDelayTest {

    private static final ProxyRoute ROUTE = new KubernetesSerialization().unmarshal("""
            apiVersion: proxyroute.io/v1alpha1
            kind: ProxyRoute
            metadata: {namespace: default, name: shop}
            spec: {listeners: [{name: http, port: 8080}]}
            """, ProxyRoute.class);

    @Test
    void requeuesWhenAcknowledgementIsOverdue() {
        assertThat(after(new PodState("a", true, true, true, ""))).isGreaterThan(RequeueDelay.SETTLING);
        assertThat(after(new PodState("a", true, false, true, ""))).isEqualTo(RequeueDelay.SETTLING);
        assertThat(after(new PodState("a", true, true, false, ""))).isEqualTo(RequeueDelay.SETTLING);
        assertThat(after(new PodState("a", false, false, false, "")))
                .as("a pod that starts may wait for its Secret")
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void retriesRefusedObjectSoon() {
        List<PodState> settled = List.of(new PodState("a", true, true, true, ""));

        assertThat(RequeueDelay.after(ROUTE, settled, List.of(new Problem(Reason.RejectedByApiServer, "", "Full."))))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(RequeueDelay.after(ROUTE, settled, List.of(new Problem(Reason.NameConflict, "", "Taken."))))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(RequeueDelay.after(ROUTE, settled, List.of(new Problem(Reason.InvalidSpec, "", "Wrong."))))
                .as("changes with the spec only")
                .isEqualTo(after(settled.getFirst()));
    }

    private static Duration after(PodState pod) {
        return RequeueDelay.after(ROUTE, List.of(pod), List.of());
    }
}
