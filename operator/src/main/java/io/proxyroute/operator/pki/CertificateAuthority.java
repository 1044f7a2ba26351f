package io.proxyroute.operator.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues the certificates of proxies and operator (RFC 5280). Immutable and thread-safe.
 *
 * @param issuer signs new certificates
 * @param bundle certificates that both sides trust: the issuer and, during a rotation, the previous or next one
 */
public record CertificateAuthority(KeyedCertificate issuer, List<X509Certificate> bundle) {

    /** Extended key usage of a certificate. */
    public enum Usage {
        /** A proxy's admin port. */
        SERVER(KeyPurposeId.id_kp_serverAuth),
        /** The operator as a client. */
        CLIENT(KeyPurposeId.id_kp_clientAuth);

        private final KeyPurposeId purpose;

        Usage(KeyPurposeId purpose) {
            this.purpose = purpose;
        }
    }

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration CA_LIFETIME = Duration.ofDays(3650);
    /** Tolerates clock differences between nodes. */
    private static final Duration BACKDATE = Duration.ofMinutes(5);

    public CertificateAuthority {
        bundle = List.copyOf(bundle);
    }

    /** Creates an authority with a new key, which is the only trusted one. */
    public static CertificateAuthority create(Instant now) {
        KeyPair keys = newKeys();
        X500Principal name = new X500Principal("CN=proxyroute-ca-" + newSerial().toString(36));
        try {
            var builder = builder(name, name, keys, now, CA_LIFETIME)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate certificate = sign(builder, keys);
            return new CertificateAuthority(new KeyedCertificate(certificate, keys.getPrivate()), List.of(certificate));
        } catch (CertIOException e) {
            throw new IllegalStateException("cannot create a CA certificate", e);
        }
    }

    /**
     * Issues a certificate with a new key.
     *
     * @param commonName name for humans; it has no effect on trust
     * @param uri identifies the holder, see {@link io.proxyroute.contract.admin.Identity}
     * @param lifetime validity from now; limited to that of the authority
     */
    public KeyedCertificate issue(String commonName, String uri, Usage usage, Instant now, Duration lifetime) {
        KeyPair keys = newKeys();
        Duration left = Duration.between(now, issuer.certificate().getNotAfter().toInstant());
        try {
            var builder = builder(
                            issuer.certificate().getSubjectX500Principal(),
                            new X500Principal("CN=" + commonName),
                            keys,
                            now,
                            lifetime.compareTo(left) < 0 ? lifetime : left)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage.purpose))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils()
                                    .createAuthorityKeyIdentifier(
                                            issuer.certificate().getPublicKey()));
            return new KeyedCertificate(
                    sign(builder, new KeyPair(issuer.certificate().getPublicKey(), issuer.key())), keys.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot issue a certificate for " + uri, e);
        }
    }

    /**
     * Verifies that peers will trust the certificates that this authority issues.
     *
     * @throws GeneralSecurityException if the key does not match the certificate, or the certificate is not in the
     *     bundle
     */
    void verify() throws GeneralSecurityException {
        byte[] probe = {1};
        Signature signing = Signature.getInstance(SIGNATURE);
        signing.initSign(issuer.key());
        signing.update(probe);
        Signature verifying = Signature.getInstance(SIGNATURE);
        verifying.initVerify(issuer.certificate().getPublicKey());
        verifying.update(probe);
        if (!verifying.verify(signing.sign())) {
            throw new GeneralSecurityException("tls.key does not match tls.crt");
        }
        if (!bundle.contains(issuer.certificate())) {
            throw new GeneralSecurityException("ca.crt does not contain tls.crt");
        }
    }

    /** Whether the current issuer signed the certificate. */
    public boolean hasIssued(X509Certificate certificate) {
        try {
            certificate.verify(issuer.certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The trust bundle in PEM format. */
    public String bundlePem() {
        return Pem.ofCertificates(bundle);
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, KeyPair keys, Instant now, Duration lifetime) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                newSerial(),
                Date.from(now.minus(BACKDATE)),
                Date.from(now.plus(lifetime)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder, KeyPair signer) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(signer.getPrivate())));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("ECDSA is not available", e);
        }
    }

    private static BigInteger newSerial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("EC P-256 is not available", e);
        }
    }
}
