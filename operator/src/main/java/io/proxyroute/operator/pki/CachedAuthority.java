package io.proxyroute.operator.pki;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The authority as last read from its Secret, read again every few minutes so that a rotation is taken up. Thread-safe. */
public final class CachedAuthority implements Supplier<CertificateAuthority> {

    private static final Duration READ_AGAIN = Duration.ofMinutes(5);

    private final CaSecret secret;
    private final Clock clock;
    private CertificateAuthority current;
    private Instant readAt;

    public CachedAuthority(CaSecret secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public synchronized CertificateAuthority get() {
        Instant now = clock.instant();
        if (current == null || readAt.plus(READ_AGAIN).isBefore(now)) {
            current = secret.readOrCreate(now);
            readAt = now;
        }
        return current;
    }
}
