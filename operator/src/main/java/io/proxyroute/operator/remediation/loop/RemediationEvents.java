package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.contract.telemetry.LedgerSummary.Offender;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.EventRecorder.Type;
import io.proxyroute.operator.status.Reason;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells users what is found and done, as Events on the route: each finding once as long as it holds, each phase of a run
 * once. Used by the route's ticker alone.
 */
public final class RemediationEvents {

    private final EventRecorder events;
    private final Set<String> told = new HashSet<>();
    /** The first sentence about each finding: later ones differ in figures only. */
    private Map<String, String> standing = new LinkedHashMap<>();

    private String lastStep = "";

    public RemediationEvents(EventRecorder events) {
        this.events = events;
    }

    /** A step of a run; repeated ones are told once. */
    public void step(ProxyRoute route, Run run) {
        RemediationPhase phase = run.state().phase();
        String step = run.number() + " " + phase;
        if (step.equals(lastStep)) {
            return;
        }
        lastStep = step;
        Type type =
                switch (phase) {
                    case Confirm, Escalated -> Type.Warning;
                    default -> Type.Normal;
                };
        events.record(
                route,
                type,
                reason(phase).name(),
                "Run %d, %s: %s".formatted(run.number(), run.podName(), run.message()));
    }

    /** What is found at the moment, by pod name. */
    public void findings(ProxyRoute route, Map<String, Diagnosis> byPodName) {
        Map<String, String> now = new LinkedHashMap<>();
        byPodName.forEach((pod, diagnosis) -> {
            for (Finding finding : diagnosis.findings()) {
                String key = key(pod, finding);
                if (finding instanceof Finding.Reclaimable(Offender offender)) {
                    if (told.add(key)) {
                        events.record(route, Type.Warning, Reason.ReclaimableLeak.name(), sentence(offender));
                    }
                } else if (finding.confirmed()) {
                    now.put(key, standing.getOrDefault(key, pod + ": " + finding.sentence() + "."));
                } else if (diagnosis.health() == Health.SUSPECT && told.add(key)) {
                    events.record(
                            route,
                            Type.Normal,
                            Reason.RemediationSuspect.name(),
                            pod + " is suspect: " + finding.sentence() + ".");
                }
            }
        });
        standing = now;
        told.removeIf(key -> !key.startsWith("ledger ")
                && byPodName.entrySet().stream().noneMatch(e -> e.getValue().findings().stream()
                        .anyMatch(f -> key(e.getKey(), f).equals(key))));
    }

    /** All that is confirmed, in sentences that stay the same as long as it holds. */
    public Collection<String> troubles() {
        return standing.values();
    }

    private static String key(String pod, Finding finding) {
        return switch (finding) {
            case Finding.Leak leak -> pod + " leak " + leak.evidence().signal();
            case Finding.Breach breach -> pod + " breach " + breach.rule().name();
            case Finding.SickBackend sick -> pod + " backend " + sick.backend();
            case Finding.Reclaimable(Offender o) ->
                "ledger %s %s %s %s".formatted(o.kind(), o.filter(), o.site(), o.backend());
        };
    }

    /** Without counts, so that one place makes one Event. */
    private static String sentence(Offender offender) {
        return Stream.of(
                        "Filter " + offender.filter() + " leaves things behind",
                        "(" + offender.kind() + ")",
                        "at " + offender.site(),
                        offender.backend() == null ? "" : "for backend " + offender.backend())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" ", "", "; they are taken back, and no pod is replaced for it."));
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
                throw new IllegalArgumentException("a run has no phase " + phase);
        };
    }
}
