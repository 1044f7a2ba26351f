package io.proxyroute.operator.pki;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the certificate authority in a Secret in the operator's namespace. The first replica creates the Secret; the
 * operator never changes it afterwards, and restores it if it is deleted.
 *
 * <p>To rotate the authority, edit the Secret: add the new CA certificate to {@code ca.crt} and wait until every
 * route's Secret and pod has it; replace {@code tls.crt} and {@code tls.key}, after which all route certificates are
 * reissued; finally remove the old certificate from {@code ca.crt}. All peers trust each other at each step.
 *
 * <p>Called on reconciler threads; calls block.
 */
public final class CaSecret {

    private static final Logger LOG = LoggerFactory.getLogger(CaSecret.class);
    private static final String NAME = "proxyroute-ca";

    private final KubernetesClient client;
    private final String namespace;

    /** @param namespace the operator's namespace */
    public CaSecret(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * Reads the authority. If the Secret does not exist, it is created: with the known authority, so that proxies and operator keep
     * trusting each other after someone deleted it, or else with a new one.
     *
     * @param known the authority that was read before; null for none
     * @throws IllegalStateException if the Secret does not contain a valid authority; the message says what to do
     */
    public CertificateAuthority readOrCreate(CertificateAuthority known, Instant now) {
        Secret found = client.secrets().inNamespace(namespace).withName(NAME).get();
        if (found != null) {
            return parse(found);
        }
        LOG.warn(
                "Secret {}/{} does not exist. It is created with {}.",
                namespace,
                NAME,
                known == null ? "a new certificate authority" : "the certificate authority in use");
        return parse(create(known == null ? CertificateAuthority.create(now) : known));
    }

    private Secret create(CertificateAuthority authority) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .addToLabels("app.kubernetes.io/part-of", "proxyroute")
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(encode(Map.of(
                        RouteCertificate.CERTIFICATE,
                                Pem.ofCertificates(List.of(authority.issuer().certificate())),
                        RouteCertificate.KEY, Pem.ofKey(authority.issuer().key()),
                        RouteCertificate.BUNDLE, authority.bundlePem())))
                .build();
        try {
            return client.resource(secret).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return client.secrets().inNamespace(namespace).withName(NAME).require();
            }
            throw e;
        }
    }

    private CertificateAuthority parse(Secret secret) {
        Map<String, String> content = decode(secret);
        try {
            String certificate = content.getOrDefault(RouteCertificate.CERTIFICATE, "");
            CertificateAuthority authority = new CertificateAuthority(
                    new KeyedCertificate(
                            Pem.certificates(certificate).getFirst(),
                            Pem.key(content.getOrDefault(RouteCertificate.KEY, ""))),
                    Pem.certificates(content.getOrDefault(RouteCertificate.BUNDLE, certificate)));
            authority.verify();
            return authority;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    ("Secret %s/%s is not a valid certificate authority (%s): restore it, or delete it and the TLS"
                                    + " Secrets of all routes to create a new one")
                            .formatted(namespace, NAME, e.getMessage()),
                    e);
        }
    }

    /** Encodes text as the data of a Secret. */
    public static Map<String, String> encode(Map<String, String> content) {
        Map<String, String> data = new TreeMap<>();
        content.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return data;
    }

    /** Decodes the data of a Secret; empty if the Secret is null. */
    public static Map<String, String> decode(Secret secret) {
        if (secret == null || secret.getData() == null) {
            return Map.of();
        }
        Map<String, String> content = new HashMap<>();
        secret.getData()
                .forEach((key, value) ->
                        content.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return content;
    }
}
