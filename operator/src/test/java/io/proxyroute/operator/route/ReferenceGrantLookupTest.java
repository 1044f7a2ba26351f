package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.operator.compile.BackendServices.Grant;
import io.proxyroute.operator.fixture.ObjectServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReferenceGrantLookupTest {

    private static final String PATH = "/apis/gateway.networking.k8s.io/v1beta1/namespaces/stock/referencegrants";

    private ObjectServer api;
    private ReferenceGrantLookup grants;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
        grants = new ReferenceGrantLookup(api.client(), (_, _) -> Optional.empty());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void readsGrantsOfNamespaceOnce() {
        api.put(PATH + "/shop", new KubernetesSerialization().unmarshal("""
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {namespace: stock, name: shop}
                spec:
                  from: [{group: proxyroute.io, kind: ProxyRoute, namespace: shop}]
                  to: [{group: "", kind: Service, name: books}]
                """, ReferenceGrant.class));

        assertThat(grants.grant("shop", "stock", "books")).isEqualTo(Grant.GRANTED);
        assertThat(grants.grant("shop", "stock", "records")).isEqualTo(Grant.MISSING);
        assertThat(grants.grant("other", "stock", "books")).isEqualTo(Grant.MISSING);

        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void grantsNothingIfApiIsMissing() {
        api.refuse("GET", PATH, 404);

        assertThat(grants.grant("shop", "stock", "books")).isEqualTo(Grant.MISSING);
    }

    @Test
    void grantsNothingIfReadingIsForbidden() {
        api.refuse("GET", PATH, 403);

        assertThat(grants.grant("shop", "stock", "books")).isEqualTo(Grant.UNREADABLE);
    }

    @Test
    void throwsOtherErrors() {
        api.refuse("GET", PATH, 500);

        assertThatThrownBy(() -> grants.grant("shop", "stock", "books")).isInstanceOf(KubernetesClientException.class);
    }
}
