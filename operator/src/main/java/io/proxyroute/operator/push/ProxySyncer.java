package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Rejected;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one process on its target. Its virtual thread pushes while a push is due, one request at a time; a target that is
 * replaced before its push starts is never sent. A process that rejects the configuration still gets the endpoints, for
 * the configuration that it keeps.
 *
 * <pre>
 * idle --new target--> pushing --accepted, rejected or superseded--> idle
 *                      pushing --unreachable--> waiting --backoff over, or new target--> pushing
 * </pre>
 */
final class ProxySyncer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxySyncer.class);

    /** Longer than the proxy may take; otherwise a push that times out before it is rejected would be repeated forever. */
    private static final Duration PUSH_TIMEOUT = AdminApi.PREPARATION.plusSeconds(3);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(2);

    private final ProxyAddress proxy;
    private final ProxyClient client;
    private final PushListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private Target target;
    private Acknowledgement acknowledgement;
    private boolean running;
    private boolean closed;

    ProxySyncer(ProxyAddress proxy, ProxyClient client, PushListener listener) {
        this.proxy = proxy;
        this.client = client;
        this.listener = listener;
    }

    ProxyAddress proxy() {
        return proxy;
    }

    Optional<Acknowledgement> acknowledgement() {
        lock.lock();
        try {
            return Optional.ofNullable(acknowledgement);
        } finally {
            lock.unlock();
        }
    }

    /** Sets the target of the process; pushes it unless the process is known to serve or refuse it. */
    void setTarget(Target next) {
        lock.lock();
        try {
            target = next;
            changed.signalAll();
            if (!running && !closed && isPushDue()) {
                running = true;
                Thread.ofVirtual().name("push-" + proxy.podName()).start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the process reports to serve overrides its last acknowledgement. */
    void observed(Applied serving) {
        lock.lock();
        try {
            if (!running
                    && acknowledgement instanceof Acknowledgement.Accepted
                    && target != null
                    && !target.isServedAs(serving)) {
                acknowledgement = new Acknowledgement.Accepted(serving);
                setTarget(target);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts no further push. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        client.forget(proxy);
    }

    private boolean isPushDue() {
        return switch (acknowledgement) {
            case null -> true;
            case Acknowledgement.Accepted accepted -> !target.isServedAs(accepted.applied());
            case Acknowledgement.Rejected rejected ->
                !target.isRejectedAs(rejected)
                        || rejected.serving() == null
                        || !target.areEndpointsUsedBy(rejected.serving());
            case Acknowledgement.Superseded superseded ->
                superseded.applied().sequence() < target.config().sequence();
            case Acknowledgement.Unreachable _ -> true;
        };
    }

    private void run() {
        Duration backoff = FIRST_BACKOFF;
        while (true) {
            Target next;
            Acknowledgement before;
            lock.lock();
            try {
                if (closed || !isPushDue()) {
                    running = false;
                    return;
                }
                next = target;
                before = acknowledgement;
            } finally {
                lock.unlock();
            }
            long started = System.nanoTime();
            Acknowledgement result = push(next, before);
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            lock.lock();
            try {
                acknowledgement = result;
            } finally {
                lock.unlock();
            }
            notifyListener(before, result, took);
            if (result instanceof Acknowledgement.Unreachable) {
                if (!awaitNewTarget(next, backoff)) {
                    return;
                }
                backoff = min(backoff.multipliedBy(2), LAST_BACKOFF);
            } else {
                backoff = FIRST_BACKOFF;
            }
        }
    }

    /** A listener that throws does not stop the pushes. */
    private void notifyListener(Acknowledgement before, Acknowledgement result, Duration took) {
        try {
            listener.pushed(proxy, result, took);
            if (!result.equals(before)) {
                listener.changed(proxy.routeUid());
            }
        } catch (RuntimeException e) {
            LOG.error("A push listener failed for {}.", proxy.podName(), e);
        }
    }

    private boolean awaitNewTarget(Target sent, Duration backoff) {
        lock.lock();
        try {
            long left = backoff.toNanos();
            while (!closed && target == sent && left > 0) {
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            running = false;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private Acknowledgement push(Target next, Acknowledgement before) {
        Optional<Acknowledgement.Rejected> rejection =
                before instanceof Acknowledgement.Rejected rejected && next.isRejectedAs(rejected)
                        ? Optional.of(rejected)
                        : Optional.empty();
        boolean endpointsOnly = rejection.isPresent()
                || before instanceof Acknowledgement.Accepted accepted && next.isConfigServedAs(accepted.applied());
        try {
            ProxyClient.Response response = endpointsOnly
                    ? client.put(proxy, AdminApi.ENDPOINTS, next.endpoints(), PUSH_TIMEOUT)
                    : client.put(proxy, AdminApi.CONFIG, new Update(next.config(), next.endpoints()), PUSH_TIMEOUT);
            return switch (response.status()) {
                case 200 -> {
                    Applied applied = response.as(Applied.class);
                    yield rejection
                            .<Acknowledgement>map(r -> new Acknowledgement.Rejected(r.hash(), r.errors(), applied))
                            .orElseGet(() -> new Acknowledgement.Accepted(applied));
                }
                case 400 ->
                    new Acknowledgement.Rejected(
                            next.config().hash(), response.as(Rejected.class).errors(), null);
                case 409 -> new Acknowledgement.Superseded(response.as(Applied.class));
                default ->
                    unreachable(
                            before,
                            "%s responds to a push with status %d".formatted(proxy.podName(), response.status()));
            };
        } catch (IOException e) {
            return unreachable(before, "%s cannot be reached: %s".formatted(proxy.podName(), reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Acknowledgement.Unreachable("the operator is shutting down");
        } catch (RuntimeException e) {
            if (!(before instanceof Acknowledgement.Unreachable)) {
                LOG.error("Cannot push to {}.", proxy.podName(), e);
            }
            return unreachable(before, "cannot push to %s: %s".formatted(proxy.podName(), e));
        }
    }

    /** The first reason is kept while the pod is unreachable, so the status is not rewritten for each attempt. */
    private static Acknowledgement unreachable(Acknowledgement before, String reason) {
        return before instanceof Acknowledgement.Unreachable ? before : new Acknowledgement.Unreachable(reason);
    }

    private static String reason(IOException e) {
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
