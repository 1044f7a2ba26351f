package io.proxyroute.operator.pki;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the authority and reads its Secret again every minute, so that a rotation takes effect and a deleted Secret is restored.
 * Thread-safe; a call may block.
 */
public final class CachedAuthority implements Supplier<CertificateAuthority> {

    private static final Logger LOG = LoggerFactory.getLogger(CachedAuthority.class);
    private static final Duration REFRESH_INTERVAL = Duration.ofMinutes(1);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(30);

    private final CaSecret secret;
    private final Clock clock;
    private CertificateAuthority current;
    private Instant nextRead;

    public CachedAuthority(CaSecret secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public synchronized CertificateAuthority get() {
        Instant now = clock.instant();
        if (current == null || nextRead.isBefore(now)) {
            nextRead = now.plus(refresh(now) ? REFRESH_INTERVAL : RETRY_INTERVAL);
        }
        return current;
    }

    /** If the Secret cannot be read or parsed, the authority read last stays in use. */
    private boolean refresh(Instant now) {
        try {
            current = secret.readOrCreate(current, now);
            return true;
        } catch (KubernetesClientException | IllegalStateException e) {
            if (current == null) {
                throw e;
            }
            LOG.warn("Cannot refresh the certificate authority, the current one stays in use: {}", e.getMessage());
            return false;
        }
    }
}
