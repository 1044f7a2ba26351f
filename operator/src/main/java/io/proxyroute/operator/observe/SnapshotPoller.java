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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every proxy for its snapshot, each at its route's interval and on a virtual thread of its own. It holds no
 * opinion: it only tells known from unknown. Thread-safe.
 */
public final class SnapshotPoller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotPoller.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ProxyClient client;
    private final Clock clock;
    private final SampleSink sink;
    /** By route UID, then by pod UID. */
    private final Map<String, Map<String, Watch>> routes = new ConcurrentHashMap<>();

    /**
     * @param client is not closed by this
     * @param sink takes every sample
     */
    public SnapshotPoller(ProxyClient client, Clock clock, SampleSink sink) {
        this.client = client;
        this.clock = clock;
        this.sink = sink;
    }

    /** Sets which pods of a route are looked at, and how often. The pods' facts replace the ones known before. */
    public void watch(String routeUid, Duration interval, Collection<ObservedPod> pods) {
        Map<String, ObservedPod> wanted = pods.stream().collect(Collectors.toMap(ObservedPod::uid, pod -> pod));
        routes.compute(routeUid, (_, known) -> {
            Map<String, Watch> next = new HashMap<>();
            Map<String, Watch> old = known == null ? Map.of() : known;
            wanted.forEach((uid, pod) -> {
                Watch watch = old.get(uid);
                if (watch == null) {
                    watch = new Watch(pod, interval);
                    Thread.ofVirtual().name("observe-" + pod.name()).start(watch);
                } else {
                    watch.update(pod, interval);
                }
                next.put(uid, watch);
            });
            old.forEach((uid, watch) -> {
                if (!wanted.containsKey(uid)) {
                    watch.end();
                }
            });
            return next.isEmpty() ? null : Map.copyOf(next);
        });
    }

    /** Looks at no pod of the route any more. */
    public void forget(String routeUid) {
        watch(routeUid, Duration.ZERO, List.of());
    }

    @Override
    public void close() {
        List.copyOf(routes.keySet()).forEach(this::forget);
    }

    /** One look at a pod; never throws, except when the thread is interrupted. */
    PodSample look(ObservedPod pod, Instant previous) throws InterruptedException {
        if (pod.proxy() == null) {
            return PodSample.unknown(pod, clock.instant(), pod.name() + " has no address yet");
        }
        try {
            Snapshot snapshot = client.get(pod.proxy(), AdminApi.SNAPSHOT, Snapshot.class, TIMEOUT);
            return judge(pod, snapshot, previous, clock.instant());
        } catch (IOException e) {
            return PodSample.unknown(
                    pod,
                    clock.instant(),
                    "%s cannot be reached: %s".formatted(pod.name(), e.getMessage() != null ? e.getMessage() : e));
        } catch (RuntimeException e) {
            LOG.error("the answer of {} cannot be judged", pod.name(), e);
            return PodSample.unknown(pod, clock.instant(), "the answer of %s cannot be judged".formatted(pod.name()));
        }
    }

    static PodSample judge(ObservedPod pod, Snapshot snapshot, Instant previous, Instant now) {
        if (snapshot.pod() == null
                || !pod.uid().equals(snapshot.pod().podUid())
                || !pod.route().uid().equals(snapshot.pod().routeUid())) {
            return PodSample.unknown(pod, now, "another process answers at the address of " + pod.name());
        }
        if (previous != null && !snapshot.takenAt().isAfter(previous)) {
            return PodSample.unknown(pod, now, pod.name() + " repeats its snapshot of " + previous);
        }
        return PodSample.known(pod, now, snapshot);
    }

    /** The look-out for one pod. */
    private final class Watch implements Runnable {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private ObservedPod pod;
        private Duration interval;
        private boolean ended;

        Watch(ObservedPod pod, Duration interval) {
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
                    PodSample sample = look(current, previous);
                    previous = sample.snapshot().map(Snapshot::takenAt).orElse(previous);
                    tell(sample);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                sink.gone(pod);
            }
        }

        /** What goes wrong with one sample must not end the look-out: nobody would begin it again. */
        private void tell(PodSample sample) {
            try {
                sink.accept(sample);
            } catch (RuntimeException e) {
                LOG.error("a sample of {} was not taken", sample.pod().name(), e);
            }
        }

        /** Waits for the next look; null at the end. The first look is at once. */
        private ObservedPod next(ObservedPod before) throws InterruptedException {
            lock.lock();
            try {
                if (before != null) {
                    long begun = System.nanoTime();
                    long left;
                    while (!ended && (left = interval.toNanos() - (System.nanoTime() - begun)) > 0) {
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
