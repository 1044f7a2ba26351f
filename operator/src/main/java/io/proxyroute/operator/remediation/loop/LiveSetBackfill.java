package io.proxyroute.operator.remediation.loop;

import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.observe.ObservedPod;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests from each pod of a route the history of its live set, since the pod may be older than this operator: until it
 * responds, and then never again. Called by the route's loop and does not block it: each request runs on a virtual thread,
 * which also delivers the response.
 */
final class LiveSetBackfill {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSetBackfill.class);

    private final Histories histories;
    private final BiConsumer<String, LiveSetHistory> received;
    /** UIDs of pods with a request in flight, or with a response. */
    private final Set<String> requested = ConcurrentHashMap.newKeySet();
    /** UIDs of pods whose last request failed. */
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    /** Source of histories. */
    interface Histories {

        /** Blocks, for a bounded time. */
        LiveSetHistory of(ProxyAddress proxy) throws IOException, InterruptedException;
    }

    /** @param received takes a pod's UID and its history; must not block */
    LiveSetBackfill(Histories histories, BiConsumer<String, LiveSetHistory> received) {
        this.histories = histories;
        this.received = received;
    }

    /** Sends requests to those of these pods that have not responded yet, and forgets all other pods. */
    void request(Collection<ObservedPod> pods) {
        Set<String> present = pods.stream().map(ObservedPod::uid).collect(Collectors.toSet());
        requested.retainAll(present);
        failed.retainAll(present);
        for (ObservedPod pod : pods) {
            if (pod.proxy() != null && requested.add(pod.uid())) {
                Thread.ofVirtual().name("backfill-" + pod.name()).start(() -> fetch(pod));
            }
        }
    }

    private void fetch(ObservedPod pod) {
        try {
            received.accept(pod.uid(), histories.of(pod.proxy()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (failed.add(pod.uid())) {
                LOG.warn("cannot read the live-set history of {}; trying again: {}", pod.name(), e.getMessage());
            }
            requested.remove(pod.uid());
        }
    }
}
