package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.operator.remediation.decision.Outcome;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.EventRecorder.Type;
import io.proxyroute.operator.status.Reason;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Records findings and runs as Events on the route: each finding once while it holds, each phase of a run once. Used
 * only by the route's loop.
 */
public final class RemediationEvents {

    /** More sites than the filters of a route leak at; beyond that, a pod invents them. */
    private static final int MAX_ANNOUNCED = 500;

    private final EventRecorder events;
    private final Set<String> announced = new HashSet<>();
    private String lastStep = "";

    /** @param events writes the Events */
    public RemediationEvents(EventRecorder events) {
        this.events = events;
    }

    /** Records the phase of a run, unless it is the one recorded last. */
    public void advanced(ProxyRoute route, Run run) {
        RemediationPhase phase = run.state().phase();
        String step = run.number() + " " + phase;
        if (step.equals(lastStep)) {
            return;
        }
        lastStep = step;
        boolean warning = phase == RemediationPhase.Confirm || phase == RemediationPhase.Escalated || hasFailed(run);
        events.record(
                route,
                warning ? Type.Warning : Type.Normal,
                reason(phase).name(),
                "Run %d for pod %s: %s".formatted(run.number(), run.podName(), run.message()));
    }

    private static boolean hasFailed(Run run) {
        return run.state() instanceof State.Cooldown cooldown
                && (cooldown.outcome() == Outcome.ABORTED || cooldown.outcome() == Outcome.INEFFECTIVE);
    }

    /** Records that a run has another number, because an unrelated object has the name. */
    void nameTaken(ProxyRoute route, String run) {
        events.record(
                route,
                Type.Warning,
                Reason.RemediationNameTaken.name(),
                "RemediationRun %s was not created by the operator for this route; its number is skipped. Delete it."
                        .formatted(run));
    }

    /** Records the new findings among those of the pods; none while remediation is disabled. */
    void announce(ObservedRoute observed) {
        Map<String, Diagnosis> byPodName = observed.monitored();
        byPodName.forEach((pod, diagnosis) ->
                diagnosis.findings().forEach(finding -> announce(observed.route(), pod, diagnosis, finding)));
        announced.removeIf(key -> !key.startsWith(ActiveFindings.LEDGER_PREFIX)
                && byPodName.entrySet().stream().noneMatch(e -> e.getValue().findings().stream()
                        .anyMatch(f -> ActiveFindings.key(e.getKey(), f).equals(key))));
    }

    /** Confirmed findings are not recorded here, since they start a run, which has Events of its own. */
    private void announce(ProxyRoute route, String pod, Diagnosis diagnosis, Finding finding) {
        String key = ActiveFindings.key(pod, finding);
        if (finding instanceof Finding.Reclaimable(LeakSite site)) {
            if (announced.size() < MAX_ANNOUNCED && announced.add(key)) {
                events.record(route, Type.Warning, Reason.ReclaimableLeak.name(), message(site));
            }
        } else if (!finding.confirmed() && diagnosis.health() == Health.SUSPECT && announced.add(key)) {
            events.record(
                    route,
                    Type.Normal,
                    Reason.RemediationSuspect.name(),
                    pod + " shows a first sign of a problem, not confirmed yet: " + finding.message() + ".");
        }
    }

    /** Contains no counts, so that each call site gets one Event. */
    private static String message(LeakSite site) {
        return "Filter %s leaks resources (%s) at %s%s; the proxy reclaims them, and no pod is replaced. Fix the filter."
                .formatted(
                        site.filter(),
                        site.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        site.site(),
                        site.backend() == null ? "" : " for backend " + site.backend());
    }

    private static Reason reason(RemediationPhase phase) {
        return switch (phase) {
            case Confirm -> Reason.RemediationConfirm;
            case Capture -> Reason.RemediationCapture;
            case Prepare -> Reason.RemediationPrepare;
            case Act -> Reason.RemediationAct;
            case Verify -> Reason.RemediationVerify;
            case Cooldown -> Reason.RemediationCooldown;
            case Paused -> Reason.RemediationPaused;
            case Escalated -> Reason.RemediationEscalated;
            case Done -> Reason.RemediationDone;
            case Disabled, Observe, Suspect, Detected ->
                throw new IllegalArgumentException("A run cannot be in phase " + phase + ".");
        };
    }
}
