package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.RemediationView;
import io.proxyroute.operator.remediation.decision.Run;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Publishes the state of a route's remediation. Only the reconciler writes the route's status, so this class keeps the
 * values for it and triggers a reconciliation when the status part changes. Written by the route's loop, read by any
 * thread.
 */
final class StatusPublisher {

    private static final int MAX_MESSAGE = 1024;

    private final Supplier<ProxyRoute> route;
    private final Consumer<String> statusChanged;

    private volatile ProxyRouteStatus.Remediation status;
    private volatile String activeFindings = "";
    private volatile String missingData = "";

    /**
     * @param route the route as last reconciled
     * @param statusChanged receives the UID of the route when its status must be written
     */
    StatusPublisher(Supplier<ProxyRoute> route, Consumer<String> statusChanged) {
        this.route = route;
        this.statusChanged = statusChanged;
    }

    /** The status part; empty before the first iteration of the loop. */
    Optional<ProxyRouteStatus.Remediation> status() {
        return Optional.ofNullable(status);
    }

    /** Confirmed findings, as messages; empty if there are none. */
    Optional<String> activeFindings() {
        return Optional.of(activeFindings).filter(text -> !text.isEmpty());
    }

    /** What is unknown although the pods respond, as a message; empty if nothing is. */
    Optional<String> missingData() {
        return Optional.of(missingData).filter(text -> !text.isEmpty());
    }

    /** Sets what the reconciler reports in the condition Healthy. */
    void findings(String newActiveFindings, String newMissingData) {
        activeFindings = newActiveFindings;
        missingData = newMissingData;
    }

    /** Publishes a step of a run immediately. */
    void advanced(Run run) {
        ProxyRouteStatus.Remediation last = status;
        publish(RemediationView.of(run, last == null ? 0 : last.actionsInWindow()));
    }

    /** Publishes the view, if it differs from the last one. */
    void publish(RemediationView view) {
        ProxyRoute current = route.get();
        ProxyRouteStatus.Remediation next = new ProxyRouteStatus.Remediation(
                view.phase(),
                view.run() == null ? null : RunNames.of(current, view.run().number()),
                view.run() == null ? null : bounded(view.run().message()),
                view.actionsInWindow());
        if (!next.equals(status)) {
            status = next;
            statusChanged.accept(current.getMetadata().getUid());
        }
    }

    private static String bounded(String message) {
        return message == null || message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    }
}
