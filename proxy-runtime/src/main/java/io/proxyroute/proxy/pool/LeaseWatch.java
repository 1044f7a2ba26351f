package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.stream.EndCause;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the open leases of one event loop once a second. A lease that has transferred no bytes for
 * {@code leakDetectionThreshold} is reported; one that has transferred none for {@code abandonedTimeout}, and that no
 * deadline of its exchange limits, is reclaimed. Confined to its loop.
 */
final class LeaseWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseWatch.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DeadlineWheel wheel;
    private final Capacity capacity;
    private Lease first;
    /** The lease to check next. It is kept here because reclaiming one lease can close others. */
    private Lease nextToCheck;

    private final Deadline check = new Deadline() {
        @Override
        protected void onExpired() {
            check();
        }
    };

    LeaseWatch(DeadlineWheel wheel, Capacity capacity) {
        this.wheel = wheel;
        this.capacity = capacity;
    }

    void add(Lease lease) {
        lease.next = first;
        if (first != null) {
            first.previous = lease;
        }
        first = lease;
        if (!check.isArmed()) {
            wheel.armIn(check, INTERVAL_NANOS);
        }
    }

    void remove(Lease lease) {
        if (lease == nextToCheck) {
            nextToCheck = lease.next;
        }
        if (lease.previous == null) {
            first = lease.next;
        } else {
            lease.previous.next = lease.next;
        }
        if (lease.next != null) {
            lease.next.previous = lease.previous;
        }
        lease.previous = null;
        lease.next = null;
        if (first == null) {
            check.cancel();
        }
    }

    private void check() {
        long now = wheel.nanoTime();
        PoolSettings settings = capacity.settings();
        try {
            for (Lease lease = first; lease != null; lease = nextToCheck) {
                nextToCheck = lease.next;
                check(lease, now, settings);
            }
        } finally {
            if (first != null) {
                wheel.arm(check, now + INTERVAL_NANOS);
            }
        }
    }

    private static void check(Lease lease, long now, PoolSettings settings) {
        long silent = now - lease.lastByteNanos();
        if (settings.abandonedNanos() > 0
                && silent >= settings.abandonedNanos()
                && lease.stalledSince(now - settings.abandonedNanos())) {
            LOG.warn("Reclaiming a {}: no bytes transferred for {} s.", lease, TimeUnit.NANOSECONDS.toSeconds(silent));
            lease.owner().leaseAbandoned(lease);
            try {
                lease.fail(EndCause.LEASE_ABANDONED);
            } finally {
                lease.close();
            }
        } else if (settings.leakNanos() > 0 && silent >= settings.leakNanos() && !lease.leakReported) {
            lease.leakReported = true;
            lease.owner().leaseSuspected(lease);
            LOG.warn(
                    "Possible leak of a {}: no bytes transferred for {} s.",
                    lease,
                    TimeUnit.NANOSECONDS.toSeconds(silent));
        }
    }
}
