package io.proxyroute.operator.remediation.loop;

import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.operator.remediation.detection.Finding;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The confirmed findings of a route's pods. Each keeps its first message while it holds, since later ones differ in figures
 * only, and a new message would write the status again. Used only by the route's loop.
 */
final class ActiveFindings {

    static final String LEDGER_PREFIX = "ledger ";

    private Map<String, String> messages = new LinkedHashMap<>();

    /** The confirmed findings as one message, or empty; none while remediation is disabled. */
    String update(ObservedRoute observed) {
        Map<String, String> current = new LinkedHashMap<>();
        observed.monitored().forEach((pod, diagnosis) -> diagnosis.findings().stream()
                .filter(Finding::confirmed)
                .forEach(finding -> {
                    String key = key(pod, finding);
                    current.put(key, messages.getOrDefault(key, pod + ": " + finding.message() + "."));
                }));
        messages = current;
        return String.join(" ", messages.values());
    }

    /** Identifies a finding of a pod, whatever its figures. Those of the ledger belong to the route, not to one pod. */
    static String key(String pod, Finding finding) {
        return switch (finding) {
            case Finding.Leak leak -> pod + " leak " + leak.evidence().signal();
            case Finding.Breach breach -> pod + " breach " + breach.rule().name();
            case Finding.SlowBackend slow -> pod + " backend " + slow.backend();
            case Finding.Reclaimable(LeakSite o) ->
                LEDGER_PREFIX + "%s %s %s %s".formatted(o.kind(), o.filter(), o.site(), o.backend());
        };
    }
}
