package io.proxyroute.operator.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointResolverTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Backend CART = new Backend("shop/cart:80", "cart.shop.svc", 80, true);

    private final Service cart = YAML.unmarshal("""
            apiVersion: v1
            kind: Service
            metadata: {namespace: shop, name: cart}
            spec:
              ports:
              - {name: http, port: 80, targetPort: web}
              - {name: metrics, port: 9090, targetPort: 9090}
            """, Service.class);

    @Test
    void usesTargetPortOfEachSlice() {
        EndpointSlice old = slice("8080", "10.0.0.2", "true");
        EndpointSlice renamed = slice("8090", "10.0.0.1", "true");

        assertThat(resolve(List.of(old, renamed)))
                .containsExactly(new Endpoint("10.0.0.1", 8090), new Endpoint("10.0.0.2", 8080));
    }

    @Test
    void omitsUnreadyEndpointsAndTreatsUnknownAsReady() {
        assertThat(resolve(List.of(slice("8080", "10.0.0.1", "false")))).isEmpty();
        assertThat(resolve(List.of(slice("8080", "10.0.0.1", "null")))).containsExactly(new Endpoint("10.0.0.1", 8080));
    }

    @Test
    void fallsBackToServingTerminatingEndpoints() {
        EndpointSlice ending = slice("8080", "10.0.0.1", "false, serving: true, terminating: true");
        EndpointSlice ended = slice("8080", "10.0.0.2", "false, serving: false, terminating: true");
        EndpointSlice starting = slice("8080", "10.0.0.3", "false, serving: false, terminating: false");
        EndpointSlice ready = slice("8080", "10.0.0.4", "true, serving: true, terminating: false");

        assertThat(resolve(List.of(ending, ended, starting))).containsExactly(new Endpoint("10.0.0.1", 8080));
        assertThat(resolve(List.of(ending, ended, starting, ready))).containsExactly(new Endpoint("10.0.0.4", 8080));
    }

    @Test
    void sliceWithoutPortsHasNoEndpoints() {
        EndpointSlice empty = YAML.unmarshal("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: shop, name: cart-0}
                addressType: IPv4
                """, EndpointSlice.class);

        assertThat(resolve(List.of(empty))).isEmpty();
    }

    @Test
    void deletedServiceHasNoEndpointsAndHostsAreNotListed() {
        Backend gone = new Backend("shop/gone:80", "gone.shop.svc", 80, true);
        Backend outside = new Backend("example.com:443", "example.com", 443, false);

        assertThat(EndpointResolver.resolve(List.of(gone, outside), source(List.of()), Map.of()))
                .isEqualTo(Map.of("shop/gone:80", List.of()));
    }

    @Test
    void keepsLastAddressesUntilSlicesShowThePort() {
        List<Endpoint> last = List.of(new Endpoint("10.0.0.9", 8080));
        EndpointSlice old = slice("8080", "10.0.0.1", "true");
        old.getPorts().removeFirst();

        assertThat(resolve(List.of(), last)).isEqualTo(last);
        assertThat(resolve(List.of(old), last)).isEqualTo(last);
        assertThat(resolve(List.of(old, slice("8081", "10.0.0.1", "true")), last))
                .containsExactly(new Endpoint("10.0.0.1", 8081));
        assertThat(resolve(List.of(slice("8080", "10.0.0.1", "false")), last)).isEmpty();
    }

    @Test
    void dualStackServiceHasOneAddressPerPod() {
        EndpointSlice four = slice("8080", "10.0.0.1", "true");
        EndpointSlice six = slice("8080", "fd00::1", "true");
        six.setAddressType("IPv6");

        assertThat(resolve(List.of(four, six))).containsExactly(new Endpoint("10.0.0.1", 8080));
        cart.getSpec().setIpFamilies(List.of("IPv6", "IPv4"));
        assertThat(resolve(List.of(four, six))).containsExactly(new Endpoint("fd00::1", 8080));
        assertThat(resolve(List.of(four))).containsExactly(new Endpoint("10.0.0.1", 8080));
    }

    private List<Endpoint> resolve(List<EndpointSlice> slices) {
        return resolve(slices, List.of());
    }

    private List<Endpoint> resolve(List<EndpointSlice> slices, List<Endpoint> last) {
        return EndpointResolver.resolve(List.of(CART), source(slices), Map.of(CART.id(), last))
                .get(CART.id());
    }

    private EndpointResolver.Source source(List<EndpointSlice> slices) {
        return new EndpointResolver.Source() {
            @Override
            public Optional<Service> service(String namespace, String name) {
                return name.equals("cart") ? Optional.of(cart) : Optional.empty();
            }

            @Override
            public Collection<EndpointSlice> slices(String namespace, String serviceName) {
                return slices;
            }
        };
    }

    private static EndpointSlice slice(String port, String address, String ready) {
        return YAML.unmarshal("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: shop, name: cart-1}
                addressType: IPv4
                ports:
                - {name: http, port: %s, protocol: TCP}
                - {name: metrics, port: 9090, protocol: TCP}
                endpoints:
                - addresses: ["%s"]
                  conditions: {ready: %s}
                """.formatted(port, address, ready), EndpointSlice.class);
    }
}
