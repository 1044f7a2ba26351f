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

/** A route's Secret with the certificate of its proxies. Read by name, since the operator may not list Secrets. */
public final class TlsSecret {

    private final KubernetesClient client;

    public TlsSecret(KubernetesClient client) {
        this.client = client;
    }

    /** How it is told of. */
    public String name(ProxyRoute route) {
        return "Secret %s/%s".formatted(route.getMetadata().getNamespace(), RouteNames.tls(route));
    }

    /**
     * Puts it in place, or renews what is due in it; writes nothing when it is good.
     *
     * @throws RuntimeException a refusal, see {@link PermanentFailures}, when the Secret of that name is somebody else's
     */
    public void ensure(ProxyRoute route, CertificateAuthority authority, Instant now) {
        Secret actual = client.secrets()
                .inNamespace(route.getMetadata().getNamespace())
                .withName(RouteNames.tls(route))
                .get();
        if (actual != null) {
            Ownership.require(route, actual);
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
