package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.DecisionSettings;
import io.proxyroute.operator.remediation.decision.Observation;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.decision.RemediationView;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.RunExecutor;
import io.proxyroute.operator.remediation.decision.Vitals;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.PodWatch;
import io.proxyroute.operator.remediation.detection.Sample;
import io.proxyroute.operator.route.RouteRemediation.Facts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One route's samples, diagnoses and episodes. Samples come in on the poller's threads, facts on the control loop's; a
 * virtual thread of its own judges them at each poll interval. The cluster is only asked when there is something to
 * decide, so that a route in good health costs the API server nothing.
 */
final class RemediationLoop {

    private static final Logger LOG = LoggerFactory.getLogger(RemediationLoop.class);

    private final Parts parts;
    private final RunExecutor actor;
    private final RemediationEvents announcer;
    private final LiveSetBackfill recall;
    private final PollSchedule pace;
    private final Thread ticker;

    /** Guards what follows; held for memory work only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, PodWatch> watches = new HashMap<>();
    /** While a run is open, what pods that have gone said last is kept too. */
    private final Map<String, Vitals> vitals = new HashMap<>();

    private ProxyRoute route;
    private Facts facts;
    private String specKey;
    private DecisionSettings settings;

    private volatile RemediationView look;
    private volatile ProxyRouteStatus.Remediation status;
    private volatile String trouble = "";
    private volatile String doubt = "";

    /**
     * What all routes share.
     *
     * @param actors makes the actor of a route
     * @param announcers makes a route's announcer
     * @param histories for what a pod remembers
     * @param changed hears of routes whose status should be written
     * @param maxActionsPerHour of the cluster
     */
    record Parts(
            Function<RemediationLoop, RunExecutor> actors,
            Supplier<RemediationEvents> announcers,
            LiveSetBackfill.Histories histories,
            Consumer<String> changed,
            int maxActionsPerHour,
            Clock clock) {}

    RemediationLoop(Parts parts, ProxyRoute route, Facts facts) {
        this.parts = parts;
        update(route, facts);
        this.pace = new PollSchedule(route.getMetadata().getUid());
        this.announcer = parts.announcers().get();
        this.recall = new LiveSetBackfill(parts.histories(), this::recalled);
        this.actor = parts.actors().apply(this);
        this.ticker = Thread.ofVirtual()
                .name("remediate-" + route.getMetadata().getName())
                .unstarted(this::run);
    }

    void start() {
        ticker.start();
    }

    /** The control loop's newest view. */
    void update(ProxyRoute newRoute, Facts newFacts) {
        DecisionSettings newSettings = RouteSettings.of(newRoute.getSpec(), parts.maxActionsPerHour());
        lock.lock();
        try {
            route = newRoute;
            facts = newFacts;
            settings = newSettings;
            specKey = RouteSettings.specKey(newRoute.getSpec());
        } finally {
            lock.unlock();
        }
    }

    void accept(PodSample sample) {
        if (sample.snapshot().isEmpty()) {
            return;
        }
        lock.lock();
        try {
            watches.computeIfAbsent(sample.pod().uid(), PodWatch::new)
                    .add(new Sample(sample.at(), sample.snapshot().get()), specKey, settings.detection());
        } finally {
            lock.unlock();
        }
    }

    ProxyRoute route() {
        lock.lock();
        try {
            return route;
        } finally {
            lock.unlock();
        }
    }

    Optional<ProxyRouteStatus.Remediation> status() {
        return Optional.ofNullable(status);
    }

    Optional<String> trouble() {
        return Optional.of(trouble).filter(text -> !text.isEmpty());
    }

    Optional<String> doubt() {
        return Optional.of(doubt).filter(text -> !text.isEmpty());
    }

    /** Where a pod's admin port is. */
    Optional<ProxyAddress> address(String podUid) {
        lock.lock();
        try {
            return facts.pods().stream()
                    .filter(pod -> pod.uid().equals(podUid) && pod.proxy() != null)
                    .map(ObservedPod::proxy)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the run of this name is open, as far as is known. */
    boolean isOpen(String run) {
        RemediationView last = look;
        return last == null
                || last.isOpen() && RunNames.of(route(), last.run().number()).equals(run);
    }

    /** A run has come to another step. */
    void told(Run run) {
        announcer.step(route(), run);
        publish(RemediationView.of(run, look == null ? 0 : look.actionsInWindow()));
    }

    void stop() {
        ticker.interrupt();
    }

    /** @return whether the ticker has ended */
    boolean awaitEnd(Duration patience) {
        try {
            return ticker.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !ticker.isAlive();
        }
    }

    private void run() {
        try {
            Duration untilNext = pace.secondTick(pollInterval(route()));
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    tick();
                } catch (Conflict e) {
                    LOG.info("{}: {}; reading again", name(), e.getMessage());
                } catch (Unavailable e) {
                    LOG.warn("{}: {}; trying again", name(), e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("{}: remediation failed; trying again", name(), e);
                }
                Thread.sleep(untilNext);
                untilNext = pollInterval(route());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        Instant now = parts.clock().instant();
        recall.of(observedPods());
        Map<String, Diagnosis> diagnoses = new HashMap<>();
        Map<String, Diagnosis> byName = new LinkedHashMap<>();
        DecisionSettings current;
        Observation observation;
        Set<String> detached;
        ProxyRoute about;
        lock.lock();
        try {
            current = settings;
            about = route;
            Set<String> present = new HashSet<>();
            for (ObservedPod pod : facts.pods()) {
                present.add(pod.uid());
                PodWatch watch = watches.get(pod.uid());
                Diagnosis diagnosis =
                        watch == null ? Diagnosis.unknown(pod.uid(), now) : watch.diagnose(now, current.detection());
                diagnoses.put(pod.uid(), diagnosis);
                byName.put(pod.name(), diagnosis);
            }
            watches.forEach((uid, watch) -> watch.newest().ifPresent(sample -> vitals.put(uid, vitals(sample))));
            if (look == null || !look.isOpen()) {
                vitals.keySet().retainAll(present);
            }
            observation = new Observation(diagnoses, vitals, facts.configHash());
            watches.keySet().retainAll(present);
            detached = facts.pods().stream()
                    .filter(pod -> !pod.attached() && !pod.terminating())
                    .map(ObservedPod::uid)
                    .collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
        boolean watched = about.getSpec().remediation().mode() != RemediationSpec.Mode.Disabled;
        announcer.findings(about, watched ? byName : Map.of());
        trouble = String.join(" ", announcer.troubles());
        doubt = doubt(byName);
        PollSchedule.Sight sight = new PollSchedule.Sight(about.getMetadata().getGeneration(), trouble, detached);
        boolean open = look != null && look.isOpen();
        if (open || pace.isDue(sight, pollInterval(about), now)) {
            look = actor.tick(current, observation);
            if (open || look.isOpen()) {
                pace.goOn();
            } else {
                pace.rest(sight, now);
            }
        }
        publish(look.isOpen() ? look : viewWithoutRun(about, observation));
    }

    private static String doubt(Map<String, Diagnosis> byName) {
        return byName.entrySet().stream()
                .filter(entry -> entry.getValue().health() == Health.UNKNOWN
                        && entry.getValue().isSampled())
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .map(pod ->
                        pod + " answers, but has not measured its live set for long: nobody can say whether it leaks.")
                .orElse("");
    }

    private static Vitals vitals(Sample sample) {
        Snapshot snapshot = sample.snapshot();
        Long proxyFaults = snapshot.traffic().proxyFaultsTotal();
        return new Vitals(
                snapshot.startedAt(),
                snapshot.config() == null ? null : snapshot.config().hash(),
                proxyFaults == null ? snapshot.traffic().proxyErrorsTotal() : proxyFaults);
    }

    private static Duration pollInterval(ProxyRoute about) {
        return about.getSpec().remediation().pollInterval().toJava();
    }

    private RemediationView viewWithoutRun(ProxyRoute about, Observation observation) {
        RemediationPhase phase = about.getSpec().remediation().mode() == RemediationSpec.Mode.Disabled
                ? RemediationPhase.Disabled
                : observation.phase();
        return new RemediationView(phase, "", look.run(), look.actionsInWindow());
    }

    /** Puts the outlook into the route's status, through the control loop, when it differs. */
    private void publish(RemediationView outlook) {
        String uid = route().getMetadata().getUid();
        ProxyRouteStatus.Remediation next = new ProxyRouteStatus.Remediation(
                outlook.phase(),
                outlook.run() == null
                        ? null
                        : RunNames.of(route(), outlook.run().number()),
                outlook.actionsInWindow());
        if (!next.equals(status)) {
            status = next;
            parts.changed().accept(uid);
        }
    }

    private void recalled(String podUid, LiveSetHistory history) {
        lock.lock();
        try {
            Optional.ofNullable(watches.get(podUid)).ifPresent(watch -> watch.recall(history));
        } finally {
            lock.unlock();
        }
    }

    private List<ObservedPod> observedPods() {
        lock.lock();
        try {
            return facts.pods().stream()
                    .filter(pod -> watches.containsKey(pod.uid()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private String name() {
        ProxyRoute current = route();
        return current.getMetadata().getNamespace() + "/"
                + current.getMetadata().getName();
    }
}
