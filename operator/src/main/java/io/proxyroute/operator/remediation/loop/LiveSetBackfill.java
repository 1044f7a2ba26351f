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
 * Requests the live-set history of each pod of a route, since the pod may be older than this operator. Retries until
 * the pod responds, then never asks again. Called by the route's loop without blocking it: each request runs on a
 * virtual thread, which also delivers the response.
 */
final class LiveSetBackfill {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSetBackfill.class);

    private final HistorySource source;
    private final BiConsumer<String, LiveSetHistory> onHistory;
    /** UIDs of pods that have responded or have a request in flight. */
    private final Set<String> requested = ConcurrentHashMap.newKeySet();
    /** UIDs of pods whose last request failed. */
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    /** Fetches the live-set history of a pod. */
    interface HistorySource {

        /** Blocks for a bounded time. */
        LiveSetHistory fetch(ProxyAddress proxy) throws IOException, InterruptedException;
    }

    /** @param onHistory receives a pod's UID and its history; must not block */
    LiveSetBackfill(HistorySource source, BiConsumer<String, LiveSetHistory> onHistory) {
        this.source = source;
        this.onHistory = onHistory;
    }

    /** Sends requests to those of the pods that have not responded yet, and forgets pods that are not listed. */
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
            onHistory.accept(pod.uid(), source.fetch(pod.proxy()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            if (failed.add(pod.uid())) {
                LOG.warn("Cannot read the live-set history of pod {}; retrying: {}", pod.name(), e.getMessage());
            }
            requested.remove(pod.uid());
        }
    }
}
