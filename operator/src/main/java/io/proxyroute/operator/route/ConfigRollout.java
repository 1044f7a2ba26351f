package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.operator.compile.SpecPaths;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a route's proxies from one configuration to the next. A new document first gets a sequence number of its own;
 * while pods serve, it is a candidate that is pushed but not published: only when a proxy has accepted it do new pods
 * start with it. Refused, it is dropped, and what was published goes on.
 *
 * <pre>
 * published --new document, pods serve--> candidate --accepted--> published
 *                                         candidate --refused by all that answered--> rejected (published goes on)
 * published --new document, no pod serves--> published
 * </pre>
 *
 * One instance for each route and leadership; used by one reconciliation at a time.
 */
final class ConfigRollout {

    private final ConfigStore store;
    private ConfigStore.Stored stored;
    private ConfigDocument candidate;
    private Rejection rejection;

    /** Why a document is not served, and by which revisions of the pods it was refused. */
    private record Rejection(ConfigDocument document, List<ConfigError> errors, Set<String> revisions) {}

    ConfigRollout(ConfigStore store) {
        this.store = store;
    }

    /**
     * Takes one step.
     *
     * @param wanted what the spec means; empty when it cannot be served
     * @return what proxies should serve; empty when there never was anything
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the ConfigMap cannot be written; nothing has
     *     changed then, and the next step starts from what is stored
     */
    Optional<ConfigDocument> step(
            ProxyRoute route,
            Optional<ConfigDocument> wanted,
            Collection<ObservedPod> pods,
            Map<String, Acknowledgement> acknowledgements) {
        try {
            if (stored == null) {
                takeOver(route);
            }
            settle(route, pods, acknowledgements);
            wanted.filter(document -> isNew(document, pods)).ifPresent(document -> begin(route, document, pods));
            return served();
        } catch (RuntimeException e) {
            stored = null;
            throw e;
        }
    }

    /** What proxies should serve now. */
    Optional<ConfigDocument> served() {
        return candidate != null ? Optional.of(candidate) : stored.published();
    }

    /** The highest sequence number of this route; rises from one leader to the next. */
    long sequence() {
        return stored.sequence();
    }

    /** What proxies have against the configuration that the spec means; empty for nothing. */
    List<Problem> problems(Map<String, Acknowledgement> acknowledgements) {
        return rejection != null
                ? problems(rejection.document(), rejection.errors())
                : served().map(document -> problems(document, refusals(document, acknowledgements)))
                        .orElse(List.of());
    }

    private static List<Problem> problems(ConfigDocument document, List<ConfigError> errors) {
        return errors.stream()
                .map(error -> new Problem(Reason.RefusedByProxy, SpecPaths.of(document, error.path()), error.message()))
                .toList();
    }

    /** A new leader's pushes outrank those of the one before. */
    private void takeOver(ProxyRoute route) {
        ConfigStore.Stored found = store.read(route);
        long sequence = found.sequence() + 1;
        candidate = null;
        stored = found.published().isEmpty()
                ? found
                : store.write(
                        route, found, sequence, found.published().map(document -> document.withSequence(sequence)));
    }

    private void settle(ProxyRoute route, Collection<ObservedPod> pods, Map<String, Acknowledgement> acknowledgements) {
        if (candidate == null) {
            return;
        }
        ConfigDocument pending = candidate;
        boolean accepted = acknowledgements.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(pending.hash())
                        && applied.sequence() >= pending.sequence());
        List<ConfigError> refusals = refusals(pending, acknowledgements);
        if (accepted || !isServing(pods)) {
            stored = store.write(route, stored, pending.sequence(), Optional.of(pending));
            candidate = null;
        } else if (!refusals.isEmpty()) {
            rejection = new Rejection(pending, refusals, revisions(pods));
            candidate = null;
        }
    }

    private boolean isNew(ConfigDocument wanted, Collection<ObservedPod> pods) {
        if (rejection != null
                && rejection.document().hash().equals(wanted.hash())
                && rejection.revisions().containsAll(revisions(pods))) {
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
    private static List<ConfigError> refusals(ConfigDocument document, Map<String, Acknowledgement> acknowledgements) {
        boolean accepted = acknowledgements.values().stream()
                .anyMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                        && applied.hash().equals(document.hash()));
        return accepted
                ? List.of()
                : acknowledgements.values().stream()
                        .filter(acknowledgement -> acknowledgement instanceof Acknowledgement.Refused refused
                                && refused.hash().equals(document.hash()))
                        .map(acknowledgement -> ((Acknowledgement.Refused) acknowledgement).errors())
                        .findFirst()
                        .orElse(List.of());
    }

    private static boolean isServing(Collection<ObservedPod> pods) {
        return pods.stream().anyMatch(pod -> pod.ready() && !pod.terminating());
    }

    private static Set<String> revisions(Collection<ObservedPod> pods) {
        return pods.stream()
                .filter(pod -> pod.ready() && pod.revision() != null)
                .map(ObservedPod::revision)
                .collect(Collectors.toSet());
    }
}
