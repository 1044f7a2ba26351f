package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.decision.RemediationView;
import io.proxyroute.operator.remediation.decision.RunExecutor;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.loop.PollSchedule.Situation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remediation loop of one route, on its own virtual thread: observe, announce, decide, publish, once per poll
 * interval. Deciding reads the cluster, and is skipped while nothing has changed, so a healthy route costs the API
 * server nothing.
 */
final class RemediationLoop {

    private static final Logger LOG = LoggerFactory.getLogger(RemediationLoop.class);

    private final RouteObserver observer;
    private final LiveSetBackfill backfill;
    private final RemediationEvents events;
    private final RunExecutor executor;
    private final StatusPublisher publisher;
    private final PollSchedule schedule;
    private final ActiveFindings activeFindings = new ActiveFindings();
    private final Clock clock;
    private final Thread thread;

    /** The result of the last decision; null before the first. Written by the loop, read by any thread. */
    private volatile RemediationView view;

    RemediationLoop(
            RouteObserver observer,
            LiveSetBackfill backfill,
            RemediationEvents events,
            RunExecutor executor,
            StatusPublisher publisher,
            Clock clock) {
        this.observer = observer;
        this.backfill = backfill;
        this.events = events;
        this.executor = executor;
        this.publisher = publisher;
        this.schedule = new PollSchedule(observer.route().getMetadata().getUid());
        this.clock = clock;
        this.thread = Thread.ofVirtual()
                .name("remediate-" + observer.route().getMetadata().getName())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
    }

    /** @return whether the loop has ended */
    boolean awaitEnd(Duration timeout) {
        try {
            return thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !thread.isAlive();
        }
    }

    RouteObserver observer() {
        return observer;
    }

    StatusPublisher publisher() {
        return publisher;
    }

    /** Whether the run of this name is open, or may be because nothing has been read yet. */
    boolean mayBeOpen(String run) {
        RemediationView last = view;
        return last == null
                || last.isOpen()
                        && RunNames.of(observer.route(), last.run().number()).equals(run);
    }

    private void run() {
        try {
            Duration untilNext = schedule.secondIteration(pollInterval());
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    runOnce();
                } catch (Conflict e) {
                    LOG.info("Remediation of {} met a concurrent change; retrying: {}", name(), e.getMessage());
                } catch (Unavailable e) {
                    LOG.warn("A call of the remediation of {} failed; retrying: {}", name(), e.getMessage());
                } catch (RuntimeException | Error e) {
                    LOG.error("Remediation of {} failed; retrying.", name(), e);
                }
                Thread.sleep(untilNext);
                untilNext = pollInterval();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runOnce() {
        Instant now = clock.instant();
        backfill.request(observer.sampledPods());
        ObservedRoute observed = observer.observe(now, isRunOpen());
        events.announce(observed);
        String confirmed = activeFindings.update(observed);
        publisher.findings(confirmed, observed.missingData().orElse(""));
        view = decide(observed, confirmed, now);
        publisher.publish(view.isOpen() ? view : view.idle(observed.phase()));
    }

    /** Takes one step of the open run, or looks for a reason to start one. Skipped while nothing has changed. */
    private RemediationView decide(ObservedRoute observed, String confirmed, Instant now) {
        boolean wasOpen = isRunOpen() && !isCoolingDown(now);
        long generation = observed.route().getMetadata().getGeneration();
        Situation situation = new Situation(generation, confirmed, observed.detached());
        if (!wasOpen && !schedule.isDue(situation, observed.pollInterval(), now)) {
            return view;
        }
        RemediationView decided = executor.tick(observed.settings(), observed.observation());
        if (wasOpen || decided.isOpen() && !isCoolingDown(decided, now)) {
            schedule.pollImmediately();
        } else {
            schedule.recordIdle(situation, now);
        }
        return decided;
    }

    private boolean isCoolingDown(Instant now) {
        return view != null && isCoolingDown(view, now);
    }

    /** Until the cooldown ends, only a change can be a reason to read the cluster. */
    private static boolean isCoolingDown(RemediationView view, Instant now) {
        return view.isOpen() && view.run().state() instanceof State.Cooldown cooldown && now.isBefore(cooldown.until());
    }

    private boolean isRunOpen() {
        return view != null && view.isOpen();
    }

    private Duration pollInterval() {
        return observer.route().getSpec().remediation().pollInterval().toJava();
    }

    private String name() {
        ProxyRoute route = observer.route();
        return route.getMetadata().getNamespace() + "/" + route.getMetadata().getName();
    }
}
