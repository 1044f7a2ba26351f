package io.proxyroute.operator.pki;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The authority as last read from its Secret, read again every few minutes so that a rotation is taken up. Thread-safe. */
public final class CachedAuthority implements Supplier<CertificateAuthority> {

    private static final Logger LOG = LoggerFactory.getLogger(CachedAuthority.class);
    private static final Duration READ_AGAIN = Duration.ofMinutes(5);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final CaSecret secret;
    private final Clock clock;
    private CertificateAuthority current;
    private Instant due;

    public CachedAuthority(CaSecret secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public synchronized CertificateAuthority get() {
        Instant now = clock.instant();
        if (current == null || due.isBefore(now)) {
            due = now.plus(read(now) ? READ_AGAIN : TRY_AGAIN);
        }
        return current;
    }

    /** Peers go on with the authority that is known while it cannot be read, or not be understood. */
    private boolean read(Instant now) {
        try {
            current = secret.readOrCreate(now);
            return true;
        } catch (KubernetesClientException | IllegalStateException e) {
            if (current == null) {
                throw e;
            }
            LOG.warn("the authority cannot be read again, and is used as it was: {}", e.getMessage());
            return false;
        }
    }
}
