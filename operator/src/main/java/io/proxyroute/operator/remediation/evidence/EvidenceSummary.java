package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.Formats;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the evidence says, in a few sentences: the text of a run's status and the head of its report. */
final class EvidenceSummary {

    private static final Pattern PLATFORM = Pattern.compile(
            "^((boolean|byte|char|short|int|long|float|double)\\[|java\\.|javax\\.|jdk\\.|sun\\.|com\\.sun\\.).*");

    private EvidenceSummary() {}

    static String of(Run run, DiagnosticsBundle file) {
        StringBuilder text = new StringBuilder();
        text.append("Pod ")
                .append(run.podName())
                .append(". ")
                .append(run.cause().sentence())
                .append('.');
        classes(text, file.growing());
        threads(text, file.threads());
        filters(text, file.config());
        ledger(text, file);
        file.gaps().forEach(gap -> text.append(' ').append(gap));
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
                .ifPresent(growth -> text.append(" Not of the JDK among them: ")
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

    /** What is not the JDK's and not the proxy's own is a filter's. */
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

    private static void ledger(StringBuilder text, DiagnosticsBundle file) {
        LedgerSummary ledger = file.snapshot() == null ? null : file.snapshot().ledger();
        if (ledger == null) {
            return;
        }
        if (ledger.offenders().isEmpty()) {
            text.append(" The ledger names no filter that leaves things behind.");
        }
        ledger.offenders().stream().limit(5).forEach(offender -> text.append(' ')
                .append(new Finding.Reclaimable(offender).sentence())
                .append('.'));
    }
}
