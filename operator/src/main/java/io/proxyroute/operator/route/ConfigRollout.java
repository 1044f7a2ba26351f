package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.compile.SpecPaths;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.dependents.PermanentFailures;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.pace.Backoff;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rolls out a route's configuration. A new document first gets a sequence number. While pods serve, it is a candidate that
 * is pushed but not published: new pods start with it only after a proxy has accepted it. A rejected candidate is dropped,
 * and the published document stays in use.
 *
 * <pre>
 * published --new document, pods serve--> candidate --accepted--> published
 *                                         candidate --rejected by every ready pod--> rejected (published stays)
 * rejected --route changed, other pods, or pause over--> candidate
 * published --new document, no pod serves--> published
 * any --ConfigMap gone or changed by others, or a proxy ahead--> published, with a number above all known ones
 * </pre>
 *
 * One instance per route and leader term; used by one reconciliation at a time. Terminating pods do not count.
 */
final class ConfigRollout {

    /** Far more documents than a route has in its life; a proxy that is further ahead is not believed. */
    private static final long MAX_JUMP = 1_000_000;

    private final ConfigStore store;
    private final BooleanSupplier leads;
    private ConfigStore.Stored stored;
    private boolean mustClaim = true;
    private long epoch;
    private ConfigDocument candidate;
    private Rejection rejection;
    private PermanentFailures failures = new PermanentFailures();
    private final Backoff overtakings =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));
    private final Backoff retries = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(30));

    /** Why a document is not served, and which revisions of the pods rejected it. */
    private record Rejection(
            ConfigDocument document, List<ConfigError> errors, Set<String> revisions, long generation) {}

    /** @param leads whether this operator still leads; checked before a change by others is reverted */
    ConfigRollout(ConfigStore store, BooleanSupplier leads) {
        this.store = store;
        this.leads = leads;
    }

    /**
     * Takes one step.
     *
     * @param desired compiled from the spec; empty if it cannot be served
     * @return what proxies should serve; empty if there was never a valid document
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the ConfigMap cannot be written, for
     *     another reason than a rejection; nothing has changed then, and the next step starts from the stored state
     * @throws IllegalStateException if another operator leads
     */
    Optional<ConfigDocument> step(
            ProxyRoute route,
            Optional<ConfigDocument> desired,
            Collection<ObservedPod> pods,
            Map<String, Acknowledgement> acknowledgements,
            Instant now) {
        Map<String, Acknowledgement> acknowledged = ofActivePods(pods, acknowledgements);
        String map = "ConfigMap %s/%s".formatted(route.getMetadata().getNamespace(), RouteNames.config(route));
        failures = new PermanentFailures();
        try {
            boolean overtaken = isOvertaken(acknowledged, now);
            if (mustClaim || overtaken || !isCacheCurrent(route)) {
                mustClaim = true;
                failures.attempt(map, () -> claim(route, acknowledged, overtaken));
            }
            if (!mustClaim) {
                failures.attempt(map, () -> checkCandidate(route, pods, acknowledged, now));
                failures.attempt(map, () -> desired.filter(document -> isNew(route, document, pods, now))
                        .ifPresent(document -> introduce(route, document, pods)));
            }
            return served();
        } catch (RuntimeException e) {
            mustClaim = true;
            throw e;
        }
    }

    /** What proxies should serve now. */
    Optional<ConfigDocument> served() {
        if (stored == null) {
            return Optional.empty();
        }
        return candidate != null ? Optional.of(candidate) : stored.published();
    }

    /** The document that new pods start with; it lags behind {@link #served()} while there is a candidate. */
    Optional<ConfigDocument> published() {
        return stored == null ? Optional.empty() : stored.published();
    }

    /** The number claimed when this leader started, or last found proxies ahead; above all numbers of proxies at that time. */
    long epoch() {
        return epoch;
    }

    /** Problems of the last step; it is retried with the next one. */
    List<Problem> failures() {
        return failures.problems();
    }

    /** Errors that proxies report for the configuration of the spec, or empty. */
    List<Problem> problems(Collection<ObservedPod> pods, Map<String, Acknowledgement> acknowledgements) {
        Map<String, Acknowledgement> acknowledged = ofActivePods(pods, acknowledgements);
        return rejection != null
                ? problems(rejection.document(), rejection.errors())
                : served().map(document -> problems(document, failures(document, acknowledged)))
                        .orElse(List.of());
    }

    private static List<Problem> problems(ConfigDocument document, List<ConfigError> errors) {
        return errors.stream()
                .map(error ->
                        new Problem(Reason.RejectedByProxy, SpecPaths.of(document, error.path()), error.message()))
                .toList();
    }

    /**
     * Claims a sequence number, so that this leader's pushes outrank those of its predecessor. Later, it restores the
     * ConfigMap if someone else deleted or changed it, or if proxies are ahead of it, as after the loss of the ConfigMap.
     * It restores what this leader has published, and only while it leads.
     *
     * @param overtaken whether a proxy rejects the current number as too low
     */
    private void claim(ProxyRoute route, Map<String, Acknowledgement> acknowledged, boolean overtaken) {
        ConfigStore.Stored found = store.read(route);
        if (stored != null && !overtaken && isUnchanged(route, found)) {
            stored = new ConfigStore.Stored(found.resourceVersion(), stored.sequence(), stored.published());
            mustClaim = false;
            return;
        }
        if (stored != null && !leads.getAsBoolean()) {
            throw new IllegalStateException("another operator leads");
        }
        long known = stored == null ? 0 : stored.sequence();
        long highest = Math.max(known, found.sequence());
        long sequence = Math.max(highestProxySequence(acknowledged, highest), highest) + 1;
        Optional<ConfigDocument> published = stored == null ? found.published() : stored.published();
        stored = published.isEmpty()
                ? new ConfigStore.Stored(found.resourceVersion(), sequence - 1, published)
                : store.write(route, found, sequence, published.map(document -> document.withSequence(sequence)));
        epoch = sequence;
        candidate = null;
        mustClaim = false;
    }

    private boolean isCacheCurrent(ProxyRoute route) {
        return Objects.equals(store.seenVersion(route), stored.resourceVersion());
    }

    /** Only the cache lags, or others changed fields that are not ours. */
    private boolean isUnchanged(ProxyRoute route, ConfigStore.Stored found) {
        return Objects.equals(found.resourceVersion(), stored.resourceVersion())
                || store.seenVersion(route) != null && found.isSameAs(stored);
    }

    /** A proxy that is ahead again and again makes the operator write at a falling rate. */
    private boolean isOvertaken(Map<String, Acknowledgement> acknowledged, Instant now) {
        if (stored == null
                || highestProxySequence(acknowledged, stored.sequence()) < stored.sequence()
                || !overtakings.isOver(now)) {
            return false;
        }
        overtakings.start(now);
        return true;
    }

    /** The highest number of a proxy that is credible; -1 if no proxy is ahead of what was pushed to it. */
    private static long highestProxySequence(Map<String, Acknowledgement> acknowledged, long known) {
        return acknowledged.values().stream()
                .mapToLong(acknowledgement ->
                        acknowledgement instanceof Acknowledgement.Superseded(var applied) ? applied.sequence() : -1)
                .filter(sequence -> sequence <= known + MAX_JUMP)
                .max()
                .orElse(-1);
    }

    private void checkCandidate(
            ProxyRoute route, Collection<ObservedPod> pods, Map<String, Acknowledgement> acknowledged, Instant now) {
        if (candidate == null) {
            return;
        }
        ConfigDocument pending = candidate;
        boolean accepted = acknowledged.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(pending.hash())
                        && applied.sequence() >= pending.sequence());
        boolean rejected =
                acknowledged.values().stream().anyMatch(acknowledgement -> rejects(acknowledgement, pending));
        if (accepted || !rejected && !isServing(pods)) {
            stored = store.write(route, stored, pending.sequence(), Optional.of(pending));
            candidate = null;
            rejection = null;
        } else if (rejected && serving(pods).allMatch(pod -> rejects(acknowledged.get(pod.uid()), pending))) {
            // Pods with a new image may still start while old ones already refuse a feature of the new image.
            rejection = new Rejection(
                    pending,
                    failures(pending, acknowledged),
                    revisions(pods.stream().filter(pod -> rejects(acknowledged.get(pod.uid()), pending))),
                    generation(route));
            retries.start(now);
            candidate = null;
        }
    }

    private static long generation(ProxyRoute route) {
        return Objects.requireNonNullElse(route.getMetadata().getGeneration(), 0L);
    }

    private static boolean rejects(Acknowledgement acknowledgement, ConfigDocument document) {
        return acknowledgement instanceof Acknowledgement.Rejected rejected
                && rejected.hash().equals(document.hash())
                && rejected.sequence() >= document.sequence();
    }

    /**
     * Whether the document must be rolled out. One that was rejected is tried again when the user changes the route, when pods
     * of another revision serve, and from time to time, since the reason may have passed. In the last case, its errors are reported
     * until a proxy accepts it.
     */
    private boolean isNew(ProxyRoute route, ConfigDocument desired, Collection<ObservedPod> pods, Instant now) {
        boolean changed = rejection != null
                && (!rejection.document().hash().equals(desired.hash())
                        || rejection.generation() != generation(route)
                        || !rejection.revisions().containsAll(revisions(serving(pods))));
        if (changed) {
            rejection = null;
        }
        if (rejection != null && !retries.isOver(now)) {
            return false;
        }
        return served().map(document -> !document.hash().equals(desired.hash())).orElse(true);
    }

    private void introduce(ProxyRoute route, ConfigDocument desired, Collection<ObservedPod> pods) {
        long sequence = stored.sequence() + 1;
        ConfigDocument next = desired.withSequence(sequence);
        boolean asCandidate = stored.published().isPresent() && isServing(pods);
        stored = store.write(route, stored, sequence, asCandidate ? stored.published() : Optional.of(next));
        candidate = asCandidate ? next : null;
    }

    /** The errors, if every proxy that responded rejected the document. */
    private static List<ConfigError> failures(ConfigDocument document, Map<String, Acknowledgement> acknowledged) {
        boolean accepted = acknowledged.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(document.hash()));
        return accepted
                ? List.of()
                : acknowledged.values().stream()
                        .filter(Acknowledgement.Rejected.class::isInstance)
                        .map(Acknowledgement.Rejected.class::cast)
                        .filter(rejected -> rejected.hash().equals(document.hash()))
                        .map(Acknowledgement.Rejected::errors)
                        .findFirst()
                        .orElse(List.of());
    }

    /** Acknowledgements without those of terminating pods, which may no longer be able to apply a document. */
    private static Map<String, Acknowledgement> ofActivePods(
            Collection<ObservedPod> pods, Map<String, Acknowledgement> acknowledgements) {
        Set<String> ending = pods.stream()
                .filter(ObservedPod::terminating)
                .map(ObservedPod::uid)
                .collect(Collectors.toSet());
        return acknowledgements.entrySet().stream()
                .filter(acknowledgement -> !ending.contains(acknowledgement.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static boolean isServing(Collection<ObservedPod> pods) {
        return serving(pods).findAny().isPresent();
    }

    private static Stream<ObservedPod> serving(Collection<ObservedPod> pods) {
        return pods.stream().filter(ObservedPod::serves);
    }

    private static Set<String> revisions(Stream<ObservedPod> pods) {
        return pods.map(ObservedPod::revision).filter(Objects::nonNull).collect(Collectors.toSet());
    }
}
