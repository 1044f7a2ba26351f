package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the evidence of one route's runs and keeps their reports up to date. A report that fails stops nothing. */
public final class RunEvidence implements EvidenceCollector {

    private static final Logger LOG = LoggerFactory.getLogger(RunEvidence.class);

    private final Supplier<ProxyRoute> route;
    private final DiagnosticsCollector collector;
    private final ReportStore store;
    private final Function<String, Optional<ProxyAddress>> addresses;
    private final Consumer<Run> told;
    private final Clock clock;

    /**
     * @param route as last seen
     * @param addresses of pods, by UID
     * @param told hears of every step of a run
     */
    public RunEvidence(
            Supplier<ProxyRoute> route,
            DiagnosticsCollector collector,
            ReportStore store,
            Function<String, Optional<ProxyAddress>> addresses,
            Consumer<Run> told,
            Clock clock) {
        this.route = route;
        this.collector = collector;
        this.store = store;
        this.addresses = addresses;
        this.told = told;
        this.clock = clock;
    }

    @Override
    public Evidence collect(Run run, boolean deep, Duration timeout) {
        String name = name(run);
        Optional<DiagnosticsBundle> known = store.caseFile(name);
        Optional<ProxyAddress> proxy = addresses.apply(run.podUid());
        var wanted = route.get().getSpec().remediation().diagnostics();
        DiagnosticsBundle file;
        if (proxy.isEmpty()) {
            file = known.orElseGet(() ->
                    nothing(wanted.ttl().toJava(), "Nothing was collected: " + run.podName() + " has no address."));
        } else {
            file = deep && known.isPresent() ? known.get() : collector.collect(proxy.get(), wanted, timeout);
            file = deep ? collector.deepen(file, proxy.get(), wanted, timeout) : file;
        }
        String verdict = EvidenceSummary.of(run, file);
        try {
            store.write(name, file);
            return new Evidence(verdict, ReportStore.reference(name));
        } catch (IOException e) {
            LOG.warn("case file {} cannot be written: {}", name, e.getMessage());
            return new Evidence(verdict + " The report could not be written.", null);
        }
    }

    private DiagnosticsBundle nothing(Duration ttl, String because) {
        return new DiagnosticsBundle(
                ttl, clock.instant(), null, null, List.of(), null, null, List.of(), null, null, List.of(because));
    }

    @Override
    public void progressed(Run run) {
        told.accept(run);
        if (run.evidence() == null) {
            return;
        }
        String name = name(run);
        String title = route.get().getMetadata().getNamespace() + "/"
                + route.get().getMetadata().getName();
        try {
            store.write(name, ReportPage.html(title, run, store.caseFile(name).orElse(null)));
        } catch (IOException e) {
            LOG.warn("report {} cannot be written: {}", name, e.getMessage());
        }
    }

    private String name(Run run) {
        return RunNames.of(route.get(), run.number());
    }
}
