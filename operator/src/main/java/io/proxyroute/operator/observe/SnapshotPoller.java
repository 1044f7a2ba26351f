package io.proxyroute.operator.observe;

import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.admin.ProxyClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the snapshot of every proxy at the interval of its route, each on its own virtual thread. It only separates known
 * from unknown, and judges nothing else. Thread-safe.
 */
public final class SnapshotPoller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotPoller.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ProxyClient client;
    private final Clock clock;
    private final SampleSink sink;
    /** By route UID, then by pod UID. */
    private final Map<String, Map<String, PodPoller>> routes = new ConcurrentHashMap<>();

    /**
     * @param client HTTP client; closed by the caller
     * @param sink takes every sample
     */
    public SnapshotPoller(ProxyClient client, Clock clock, SampleSink sink) {
        this.client = client;
        this.clock = clock;
        this.sink = sink;
    }

    /** Sets which pods of a route are polled, and how often; also updates what is known about them. */
    public void watch(String routeUid, Duration interval, Collection<ObservedPod> pods) {
        Map<String, ObservedPod> desired = pods.stream().collect(Collectors.toMap(ObservedPod::uid, pod -> pod));
        routes.compute(routeUid, (_, known) -> {
            Map<String, PodPoller> next = new HashMap<>();
            Map<String, PodPoller> old = known == null ? Map.of() : known;
            desired.forEach((uid, pod) -> {
                PodPoller poller = old.get(uid);
                if (poller == null) {
                    poller = new PodPoller(pod, interval);
                    Thread.ofVirtual().name("poll-" + pod.name()).start(poller);
                } else {
                    poller.update(pod, interval);
                }
                next.put(uid, poller);
            });
            old.forEach((uid, poller) -> {
                if (!desired.containsKey(uid)) {
                    poller.end();
                }
            });
            return next.isEmpty() ? null : Map.copyOf(next);
        });
    }

    /** Stops polling the pods of a route. */
    public void forget(String routeUid) {
        watch(routeUid, Duration.ZERO, List.of());
    }

    @Override
    public void close() {
        List.copyOf(routes.keySet()).forEach(this::forget);
    }

    /** Polls a pod once. Throws only if the thread is interrupted. */
    PodSample poll(ObservedPod pod, Instant previous) throws InterruptedException {
        if (pod.proxy() == null) {
            return PodSample.unknown(pod, clock.instant(), pod.name() + " has no address yet");
        }
        try {
            Snapshot snapshot = client.get(pod.proxy(), AdminApi.SNAPSHOT, Snapshot.class, TIMEOUT);
            return checked(pod, snapshot, previous, clock.instant());
        } catch (IOException e) {
            return PodSample.unknown(
                    pod,
                    clock.instant(),
                    "%s cannot be reached: %s".formatted(pod.name(), e.getMessage() != null ? e.getMessage() : e));
        } catch (RuntimeException | Error e) {
            LOG.error("Cannot process the response of {}.", pod.name(), e);
            return PodSample.unknown(
                    pod, clock.instant(), "the response of %s cannot be processed".formatted(pod.name()));
        }
    }

    static PodSample checked(ObservedPod pod, Snapshot snapshot, Instant previous, Instant now) {
        if (snapshot == null
                || snapshot.pod() == null
                || !pod.uid().equals(snapshot.pod().podUid())
                || !pod.route().uid().equals(snapshot.pod().routeUid())) {
            return PodSample.unknown(pod, now, "another process responds at the address of " + pod.name());
        }
        Optional<String> fault = SnapshotChecks.fault(snapshot, now);
        if (fault.isPresent()) {
            return PodSample.unknown(pod, now, "%s sends an invalid snapshot: %s".formatted(pod.name(), fault.get()));
        }
        if (previous != null && !snapshot.takenAt().isAfter(previous)) {
            return PodSample.unknown(pod, now, pod.name() + " repeats its snapshot of " + previous);
        }
        return PodSample.known(pod, now, SnapshotChecks.bounded(snapshot));
    }

    /** Polls one pod until it ends. */
    private final class PodPoller implements Runnable {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private ObservedPod pod;
        private Duration interval;
        private boolean ended;

        PodPoller(ObservedPod pod, Duration interval) {
            this.pod = pod;
            this.interval = interval;
        }

        void update(ObservedPod newPod, Duration newInterval) {
            lock.lock();
            try {
                pod = newPod;
                if (!newInterval.equals(interval)) {
                    interval = newInterval;
                    changed.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        void end() {
            lock.lock();
            try {
                ended = true;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void run() {
            Instant previous = null;
            ObservedPod current = null;
            try {
                while ((current = next(current)) != null) {
                    PodSample sample = poll(current, previous);
                    previous = sample.snapshot().map(Snapshot::takenAt).orElse(previous);
                    deliver(sample);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                sink.gone(pod);
            }
        }

        /** A sink that fails on one sample must not end the polling of the pod. */
        private void deliver(PodSample sample) {
            try {
                sink.accept(sample);
            } catch (RuntimeException | Error e) {
                LOG.error("Cannot process a sample of {}.", sample.pod().name(), e);
            }
        }

        /** Waits for the next poll; null at the end. The first poll is immediate. */
        private ObservedPod next(ObservedPod before) throws InterruptedException {
            lock.lock();
            try {
                if (before != null) {
                    long startedAt = System.nanoTime();
                    long left;
                    while (!ended && (left = interval.toNanos() - (System.nanoTime() - startedAt)) > 0) {
                        changed.await(left, TimeUnit.NANOSECONDS);
                    }
                }
                return ended ? null : pod;
            } finally {
                lock.unlock();
            }
        }
    }
}
