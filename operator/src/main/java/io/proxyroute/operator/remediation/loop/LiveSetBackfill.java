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
 * Asks each pod of a route for what it remembers of its live set, since this operator may be the younger one: until it has
 * answered, and then never again. Called by the route's ticker, which it does not hold up: each pod is asked on a virtual
 * thread, and its answer handed over there.
 */
final class LiveSetBackfill {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSetBackfill.class);

    private final Histories histories;
    private final BiConsumer<String, LiveSetHistory> heard;
    /** By UID: who is being asked, or has answered. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    /** By UID: who did not answer the last time. */
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    /** Where a history is read. */
    interface Histories {

        /** Blocks, for a bounded time. */
        LiveSetHistory of(ProxyAddress proxy) throws IOException, InterruptedException;
    }

    /** @param heard takes a pod's UID and what it remembers; must not block */
    LiveSetBackfill(Histories histories, BiConsumer<String, LiveSetHistory> heard) {
        this.histories = histories;
        this.heard = heard;
    }

    /** Asks those of these pods that have not answered yet, and forgets all others. */
    void of(Collection<ObservedPod> pods) {
        Set<String> present = pods.stream().map(ObservedPod::uid).collect(Collectors.toSet());
        asked.retainAll(present);
        silent.retainAll(present);
        for (ObservedPod pod : pods) {
            if (pod.proxy() != null && asked.add(pod.uid())) {
                Thread.ofVirtual().name("recall-" + pod.name()).start(() -> ask(pod));
            }
        }
    }

    private void ask(ObservedPod pod) {
        try {
            heard.accept(pod.uid(), histories.of(pod.proxy()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (silent.add(pod.uid())) {
                LOG.warn("{} does not tell its history, and is asked again: {}", pod.name(), e.getMessage());
            }
            asked.remove(pod.uid());
        }
    }
}
