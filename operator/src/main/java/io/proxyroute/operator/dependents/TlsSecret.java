package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.pki.CaSecret;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.pki.RouteCertificate;
import java.time.Instant;
import java.util.Map;

/**
 * A route's Secret with the certificate of its proxies. Accessed by name, because the operator must not list Secrets.
 * Called on reconciler threads; calls block.
 */
public final class TlsSecret {

    private final KubernetesClient client;

    public TlsSecret(KubernetesClient client) {
        this.client = client;
    }

    /** Description of the Secret for messages. */
    public String name(ProxyRoute route) {
        return "Secret %s/%s".formatted(route.getMetadata().getNamespace(), RouteNames.tls(route));
    }

    /**
     * Creates the Secret or renews its certificate if necessary; writes nothing if the Secret is good.
     *
     * @throws RuntimeException a permanent failure, see {@link PermanentFailures}, if the Secret is not the route's
     */
    public void ensure(ProxyRoute route, CertificateAuthority authority, Instant now) {
        Secret actual = client.secrets()
                .inNamespace(route.getMetadata().getNamespace())
                .withName(RouteNames.tls(route))
                .get();
        if (actual != null) {
            Ownership.requireOwned(route, actual);
        }
        Map<String, String> current = CaSecret.decode(actual);
        Map<String, String> content =
                RouteCertificate.content(current, authority, route.getMetadata().getUid(), now);
        if (content.equals(current)) {
            return;
        }
        Secret desired = new SecretBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.tls(route)))
                .withType("kubernetes.io/tls")
                .withData(CaSecret.encode(content))
                .build();
        var resource = client.resource(desired).fieldManager(FieldManager.OPERATOR);
        if (actual == null) {
            resource.serverSideApply();
        } else {
            resource.forceConflicts().serverSideApply();
        }
    }
}
