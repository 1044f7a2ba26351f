package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Rejected;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one process on its target. Its virtual thread pushes while a push is due, one request at a time; a target that is
 * replaced before its push starts is never sent. A process that rejects the configuration still gets the endpoints, for
 * the configuration that it keeps, and is asked again later. A process that answers anything but what was asked is treated
 * like one that does not answer.
 *
 * <pre>
 * idle --new target--> pushing --served or superseded--> idle
 *                      pushing --anything else--> waiting --pause over, or new target--> pushing
 * </pre>
 */
final class ProxySyncer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxySyncer.class);

    /** Longer than the proxy may take; otherwise a push that times out before it is rejected would be repeated forever. */
    private static final Duration PUSH_TIMEOUT = AdminApi.PREPARATION.plusSeconds(3);

    private static final int MAX_ERRORS = 20;
    private static final int MAX_ERROR_LENGTH = 500;

    private final ProxyAddress proxy;
    private final ProxyClient client;
    private final PushListener listener;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final PushPacing pacing = new PushPacing();
    private Target target;
    /** The target of the last push; null before the first. */
    private Target pushed;

    private Acknowledgement acknowledgement;
    private boolean running;
    private boolean closed;

    ProxySyncer(ProxyAddress proxy, ProxyClient client, PushListener listener, Clock clock) {
        this.proxy = proxy;
        this.client = client;
        this.listener = listener;
        this.clock = clock;
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
            if (!next.isSameAs(target)) {
                target = next;
                changed.signalAll();
            }
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
            // A proxy may reject a document for a passing reason, so it is asked again.
            case Acknowledgement.Rejected _ -> true;
            case Acknowledgement.Superseded superseded ->
                superseded.applied().sequence() < target.config().sequence();
            case Acknowledgement.Unreachable _ -> true;
        };
    }

    /** Whether only the endpoints are pushed, because the process has the document, or has just rejected it. */
    private boolean isEndpointsOnly(Target next, Acknowledgement before) {
        return switch (before) {
            case Acknowledgement.Rejected rejected ->
                next.isRejectedAs(rejected)
                        && (rejected.serving() == null || !next.areEndpointsUsedBy(rejected.serving()));
            case Acknowledgement.Accepted accepted -> next.isConfigServedAs(accepted.applied());
            case null, default -> false;
        };
    }

    private void run() {
        while (true) {
            Target next;
            Acknowledgement before;
            lock.lock();
            try {
                if (!awaitPause() || closed || !isPushDue()) {
                    running = false;
                    return;
                }
                next = target;
                before = acknowledgement;
            } finally {
                lock.unlock();
            }
            Instant started = clock.instant();
            Acknowledgement result = push(next, before);
            Instant ended = clock.instant();
            lock.lock();
            try {
                acknowledgement = result;
                pacing.pushed(result, next.isSameAs(pushed), ended);
                pushed = next;
            } finally {
                lock.unlock();
            }
            notifyListener(before, result, Duration.between(started, ended));
        }
    }

    /**
     * Waits until a push may start: at once for a new target, otherwise after the pause. Called with the lock held.
     *
     * @return whether it was not interrupted
     */
    private boolean awaitPause() {
        try {
            while (!closed && isPushDue() && target.isSameAs(pushed)) {
                Duration left = pacing.left(clock.instant());
                if (left.isZero()) {
                    return true;
                }
                changed.awaitNanos(left.toNanos());
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** A listener that throws does not stop the pushes. */
    private void notifyListener(Acknowledgement before, Acknowledgement result, Duration took) {
        try {
            listener.pushed(proxy, result, took);
            if (!result.equals(before)) {
                listener.changed(proxy.routeUid());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("A push listener failed for {}.", proxy.podName(), e);
        }
    }

    private Acknowledgement push(Target next, Acknowledgement before) {
        boolean endpointsOnly = isEndpointsOnly(next, before);
        try {
            ProxyClient.Response response = endpointsOnly
                    ? client.put(proxy, AdminApi.ENDPOINTS, next.endpoints(), PUSH_TIMEOUT)
                    : client.put(proxy, AdminApi.CONFIG, new Update(next.config(), next.endpoints()), PUSH_TIMEOUT);
            return switch (response.status()) {
                case 200 -> {
                    Applied applied = response.as(Applied.class);
                    yield endpointsOnly && before instanceof Acknowledgement.Rejected rejected
                            ? new Acknowledgement.Rejected(
                                    rejected.hash(), rejected.sequence(), rejected.errors(), applied)
                            : new Acknowledgement.Accepted(applied);
                }
                case 400 -> rejected(next, before, response.as(Rejected.class));
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
        } catch (RuntimeException | Error e) {
            if (!(before instanceof Acknowledgement.Unreachable)) {
                LOG.error("Cannot push to {}.", proxy.podName(), e);
            }
            return unreachable(before, "cannot push to %s: %s".formatted(proxy.podName(), e));
        }
    }

    /** A process that rejects the same document again keeps the endpoints that it has. */
    private static Acknowledgement rejected(Target next, Acknowledgement before, Rejected response) {
        Applied serving = before instanceof Acknowledgement.Rejected earlier && next.isRejectedAs(earlier)
                ? earlier.serving()
                : null;
        return new Acknowledgement.Rejected(
                next.config().hash(), next.config().sequence(), bounded(response.errors()), serving);
    }

    private static List<ConfigError> bounded(List<ConfigError> errors) {
        List<ConfigError> bounded = errors == null
                ? List.of()
                : errors.stream()
                        .filter(Objects::nonNull)
                        .limit(MAX_ERRORS)
                        .map(error -> new ConfigError(bounded(error.path()), bounded(error.message())))
                        .toList();
        return bounded.isEmpty() ? List.of(new ConfigError("", "The proxy gives no reason.")) : bounded;
    }

    private static String bounded(String text) {
        return text == null ? "" : text.substring(0, Math.min(text.length(), MAX_ERROR_LENGTH));
    }

    /** The first reason is kept while the pod is unreachable, so the status is not rewritten for each attempt. */
    private static Acknowledgement unreachable(Acknowledgement before, String reason) {
        return before instanceof Acknowledgement.Unreachable ? before : new Acknowledgement.Unreachable(reason);
    }

    private static String reason(IOException e) {
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }
}
