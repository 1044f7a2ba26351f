package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.Formats;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Summarises evidence in a few sentences, for the status of a run and the top of its report. */
final class EvidenceSummary {

    private static final Pattern PLATFORM = Pattern.compile(
            "^((boolean|byte|char|short|int|long|float|double)\\[|java\\.|javax\\.|jdk\\.|sun\\.|com\\.sun\\.).*");

    private EvidenceSummary() {}

    static String of(Run run, DiagnosticsBundle bundle) {
        StringBuilder text = new StringBuilder();
        text.append("Pod ")
                .append(run.podName())
                .append(". ")
                .append(run.cause().message())
                .append('.');
        classes(text, bundle.growing());
        threads(text, bundle.threads());
        filters(text, bundle.config());
        ledger(text, bundle);
        bundle.gaps().forEach(gap -> text.append(' ').append(gap));
        return text.toString();
    }

    private static void classes(StringBuilder text, List<DiagnosticsBundle.Growth> growing) {
        if (growing.isEmpty()) {
            return;
        }
        text.append(" Growing classes: ")
                .append(growing.stream().limit(5).map(EvidenceSummary::line).collect(Collectors.joining("; ")))
                .append('.');
        growing.stream()
                .filter(growth -> !PLATFORM.matcher(growth.className()).matches())
                .findFirst()
                .ifPresent(growth -> text.append(" The largest of them outside the JDK: ")
                        .append(growth.className())
                        .append('.'));
    }

    private static String line(DiagnosticsBundle.Growth growth) {
        return "%s +%d instances, +%s"
                .formatted(growth.className(), growth.instances(), Formats.amount(growth.bytes(), "bytes"));
    }

    private static void threads(StringBuilder text, ThreadReport threads) {
        if (threads == null) {
            return;
        }
        threads.groups().stream()
                .filter(group -> group.count() >= 10)
                .findFirst()
                .ifPresent(group -> text.append(" Largest group of threads: %d %s threads %s, %s at %s."
                        .formatted(
                                group.count(),
                                group.virtual() ? "virtual" : "platform",
                                group.namePattern(),
                                group.state(),
                                group.frames().stream()
                                        .filter(frame -> !frame.startsWith("java.") && !frame.startsWith("jdk."))
                                        .findFirst()
                                        .orElse(
                                                group.frames().isEmpty()
                                                        ? "an empty stack"
                                                        : group.frames().getFirst()))));
    }

    /** Memory that belongs neither to the JDK nor to the proxy belongs to a filter. */
    private static void filters(StringBuilder text, String config) {
        if (config == null) {
            return;
        }
        List<String> filters = CustomFilters.in(config);
        if (!filters.isEmpty()) {
            text.append(filters.size() == 1 ? " The only custom filter: " : " Custom filters: ")
                    .append(String.join(", ", filters))
                    .append('.');
        }
    }

    private static void ledger(StringBuilder text, DiagnosticsBundle bundle) {
        LedgerSummary ledger =
                bundle.snapshot() == null ? null : bundle.snapshot().ledger();
        if (ledger == null) {
            return;
        }
        if (ledger.offenders().isEmpty()) {
            text.append(" The ledger has recorded no leaked resources.");
        }
        ledger.offenders().stream().limit(5).forEach(site -> text.append(' ')
                .append(new Finding.Reclaimable(site).message())
                .append('.'));
    }
}
