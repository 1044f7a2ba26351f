package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.compile.SpecPaths;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.dependents.PermanentFailures;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
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
 * Brings a route's proxies from one configuration to the next. A new document first gets a sequence number of its own;
 * while pods serve, it is a candidate that is pushed but not published: only when a proxy has accepted it do new pods
 * start with it. Refused, it is dropped, and what was published goes on.
 *
 * <pre>
 * published --new document, pods serve--> candidate --accepted--> published
 *                                         candidate --refused by every ready pod--> rejected (published goes on)
 * published --new document, no pod serves--> published
 * any --ConfigMap gone or changed by others, or a proxy ahead--> published, under a number above all that were seen
 * </pre>
 *
 * One instance for each route and leadership; used by one reconciliation at a time. Pods that are ending have no say.
 */
final class ConfigRollout {

    private final ConfigStore store;
    private final BooleanSupplier leads;
    private ConfigStore.Stored stored;
    private boolean unsure = true;
    private long epoch;
    private ConfigDocument candidate;
    private Rejection rejection;
    private PermanentFailures failures = new PermanentFailures();

    /** Why a document is not served, and by which revisions of the pods it was refused. */
    private record Rejection(ConfigDocument document, List<ConfigError> errors, Set<String> revisions) {}

    /** @param leads whether this operator still leads; asked before anything is taken back from somebody else */
    ConfigRollout(ConfigStore store, BooleanSupplier leads) {
        this.store = store;
        this.leads = leads;
    }

    /**
     * Takes one step.
     *
     * @param wanted what the spec means; empty when it cannot be served
     * @return what proxies should serve; empty when there never was anything
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the ConfigMap cannot be written, for another
     *     reason than a refusal; nothing has changed then, and the next step starts from what is stored
     * @throws IllegalStateException when another operator leads
     */
    Optional<ConfigDocument> step(
            ProxyRoute route,
            Optional<ConfigDocument> wanted,
            Collection<ObservedPod> pods,
            Map<String, Acknowledgement> acknowledgements) {
        Map<String, Acknowledgement> answers = answers(pods, acknowledgements);
        String map = "ConfigMap %s/%s".formatted(route.getMetadata().getNamespace(), RouteNames.config(route));
        failures = new PermanentFailures();
        try {
            long ahead = ahead(answers);
            if (unsure || ahead >= stored.sequence() || !isSeen(route)) {
                unsure = true;
                failures.attempt(map, () -> claim(route, ahead));
            }
            if (!unsure) {
                failures.attempt(map, () -> settle(route, pods, answers));
                failures.attempt(map, () -> wanted.filter(document -> isNew(document, pods))
                        .ifPresent(document -> begin(route, document, pods)));
            }
            return served();
        } catch (RuntimeException e) {
            unsure = true;
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

    /** What is known to be servable, and new pods start with; it lags behind {@link #served()} while that is tried. */
    Optional<ConfigDocument> published() {
        return stored == null ? Optional.empty() : stored.published();
    }

    /** The number that was claimed when this leader began, or began anew; above all that proxies had by then. */
    long epoch() {
        return epoch;
    }

    /** What kept the last step from being taken whole; it is tried again with the next one. */
    List<Problem> failures() {
        return failures.problems();
    }

    /** What proxies have against the configuration that the spec means; empty for nothing. */
    List<Problem> problems(Collection<ObservedPod> pods, Map<String, Acknowledgement> acknowledgements) {
        Map<String, Acknowledgement> answers = answers(pods, acknowledgements);
        return rejection != null
                ? problems(rejection.document(), rejection.errors())
                : served().map(document -> problems(document, failures(document, answers)))
                        .orElse(List.of());
    }

    private static List<Problem> problems(ConfigDocument document, List<ConfigError> errors) {
        return errors.stream()
                .map(error ->
                        new Problem(Reason.RejectedByProxy, SpecPaths.of(document, error.path()), error.message()))
                .toList();
    }

    /**
     * A new leader's pushes outrank those of the one before. Later on, the ConfigMap is put back when somebody else
     * deleted or changed it, or proxies turn out to be ahead of it, as after the loss of the ConfigMap: by what this
     * leader published, and while it is the leader only.
     *
     * @param ahead the highest number of a proxy that refuses ours for being lower
     */
    private void claim(ProxyRoute route, long ahead) {
        ConfigStore.Stored found = store.read(route);
        if (stored != null && ahead < stored.sequence() && isHarmless(route, found)) {
            stored = new ConfigStore.Stored(found.resourceVersion(), stored.sequence(), stored.published());
            unsure = false;
            return;
        }
        if (stored != null && !leads.getAsBoolean()) {
            throw new IllegalStateException("another operator leads");
        }
        long known = stored == null ? 0 : stored.sequence();
        long sequence = Math.max(ahead, Math.max(known, found.sequence())) + 1;
        Optional<ConfigDocument> published = stored == null ? found.published() : stored.published();
        stored = published.isEmpty()
                ? new ConfigStore.Stored(found.resourceVersion(), sequence - 1, published)
                : store.write(route, found, sequence, published.map(document -> document.withSequence(sequence)));
        epoch = sequence;
        candidate = null;
        unsure = false;
    }

    private boolean isSeen(ProxyRoute route) {
        return Objects.equals(store.seenVersion(route), stored.resourceVersion());
    }

    /** Nothing has happened but that the cache lags, or that others wrote what is theirs. */
    private boolean isHarmless(ProxyRoute route, ConfigStore.Stored found) {
        return Objects.equals(found.resourceVersion(), stored.resourceVersion())
                || store.seenVersion(route) != null && found.isSameAs(stored);
    }

    private static long ahead(Map<String, Acknowledgement> answers) {
        return answers.values().stream()
                .mapToLong(
                        answer -> answer instanceof Acknowledgement.Superseded(var applied) ? applied.sequence() : -1)
                .max()
                .orElse(-1);
    }

    private void settle(ProxyRoute route, Collection<ObservedPod> pods, Map<String, Acknowledgement> answers) {
        if (candidate == null) {
            return;
        }
        ConfigDocument pending = candidate;
        boolean accepted = answers.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(pending.hash())
                        && applied.sequence() >= pending.sequence());
        List<ConfigError> failures = failures(pending, answers);
        if (accepted || failures.isEmpty() && !isServing(pods)) {
            stored = store.write(route, stored, pending.sequence(), Optional.of(pending));
            candidate = null;
        } else if (!failures.isEmpty() && serving(pods).allMatch(pod -> refuses(answers.get(pod.uid()), pending))) {
            // Pods of a new image take longer to answer than old ones take to refuse what only the new one has.
            rejection = new Rejection(
                    pending,
                    failures,
                    revisions(pods.stream().filter(pod -> refuses(answers.get(pod.uid()), pending))));
            candidate = null;
        }
    }

    private static boolean refuses(Acknowledgement answer, ConfigDocument document) {
        return answer instanceof Acknowledgement.Refused refused
                && refused.hash().equals(document.hash());
    }

    private boolean isNew(ConfigDocument wanted, Collection<ObservedPod> pods) {
        if (rejection != null
                && rejection.document().hash().equals(wanted.hash())
                && rejection.revisions().containsAll(revisions(serving(pods)))) {
            return false;
        }
        rejection = null;
        return served().map(document -> !document.hash().equals(wanted.hash())).orElse(true);
    }

    private void begin(ProxyRoute route, ConfigDocument wanted, Collection<ObservedPod> pods) {
        long sequence = stored.sequence() + 1;
        ConfigDocument next = wanted.withSequence(sequence);
        boolean tried = stored.published().isPresent() && isServing(pods);
        stored = store.write(route, stored, sequence, tried ? stored.published() : Optional.of(next));
        candidate = tried ? next : null;
    }

    /** All errors, when every proxy that answered refused the document. */
    private static List<ConfigError> failures(ConfigDocument document, Map<String, Acknowledgement> answers) {
        boolean accepted = answers.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(document.hash()));
        return accepted
                ? List.of()
                : answers.values().stream()
                        .filter(acknowledgement -> refuses(acknowledgement, document))
                        .map(acknowledgement -> ((Acknowledgement.Refused) acknowledgement).errors())
                        .findFirst()
                        .orElse(List.of());
    }

    /** A pod that is ending gets what is new, but may not be able to take it in any more. */
    private static Map<String, Acknowledgement> answers(
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
