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
 * Keeps one process on its target. A virtual thread of its own pushes while there is something to push, one request at
 * a time; a target that is replaced meanwhile is never sent. A process that refuses the configuration still gets the
 * endpoints, for what it goes on with.
 *
 * <pre>
 * idle --new target--> pushing --accepted, refused or superseded--> idle
 *                      pushing --unreachable--> waiting --backoff over, or new target--> pushing
 * </pre>
 */
final class ProxySyncer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxySyncer.class);

    /** Beyond what the proxy may take: a push that is given up before it is refused would be repeated for ever. */
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

    /** Sets what the process should serve; pushes it unless it is known to be served or refused. */
    void aimAt(Target next) {
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

    /** What a process is seen to serve overrides what it once acknowledged. */
    void observed(Applied serving) {
        lock.lock();
        try {
            if (!running
                    && acknowledgement instanceof Acknowledgement.Accepted
                    && target != null
                    && !target.isServedAs(serving)) {
                acknowledgement = new Acknowledgement.Accepted(serving);
                aimAt(target);
            }
        } finally {
            lock.unlock();
        }
    }

    /** No further push starts. */
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
            case Acknowledgement.Refused refused ->
                !target.isRefusedAs(refused)
                        || refused.serving() == null
                        || !target.areEndpointsUsedBy(refused.serving());
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
            tell(before, result, took);
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

    /** Whatever a listener does, this process is pushed on. */
    private void tell(Acknowledgement before, Acknowledgement result, Duration took) {
        try {
            listener.pushed(proxy, result, took);
            if (!result.equals(before)) {
                listener.changed(proxy.routeUid());
            }
        } catch (RuntimeException e) {
            LOG.error("The listener failed on the result of a push to {}", proxy.podName(), e);
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
        Optional<Acknowledgement.Refused> refusal =
                before instanceof Acknowledgement.Refused refused && next.isRefusedAs(refused)
                        ? Optional.of(refused)
                        : Optional.empty();
        boolean endpointsOnly = refusal.isPresent()
                || before instanceof Acknowledgement.Accepted accepted && next.isConfigServedAs(accepted.applied());
        try {
            ProxyClient.Answer answer = endpointsOnly
                    ? client.put(proxy, AdminApi.ENDPOINTS, next.endpoints(), PUSH_TIMEOUT)
                    : client.put(proxy, AdminApi.CONFIG, new Update(next.config(), next.endpoints()), PUSH_TIMEOUT);
            return switch (answer.status()) {
                case 200 -> {
                    Applied applied = answer.as(Applied.class);
                    yield refusal.<Acknowledgement>map(r -> new Acknowledgement.Refused(r.hash(), r.errors(), applied))
                            .orElseGet(() -> new Acknowledgement.Accepted(applied));
                }
                case 400 ->
                    new Acknowledgement.Refused(
                            next.config().hash(), answer.as(Rejected.class).errors(), null);
                case 409 -> new Acknowledgement.Superseded(answer.as(Applied.class));
                default -> unreachable(before, "%s answers a push with %d".formatted(proxy.podName(), answer.status()));
            };
        } catch (IOException e) {
            return unreachable(before, "%s cannot be reached: %s".formatted(proxy.podName(), reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Acknowledgement.Unreachable("the operator is ending");
        } catch (RuntimeException e) {
            if (!(before instanceof Acknowledgement.Unreachable)) {
                LOG.error("cannot push to {}", proxy.podName(), e);
            }
            return unreachable(before, "%s cannot be pushed to: %s".formatted(proxy.podName(), e));
        }
    }

    /** The first reason stands as long as the pod is silent: a status that tells it is not written again for each try. */
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
