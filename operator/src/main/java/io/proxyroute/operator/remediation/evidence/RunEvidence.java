package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationSpec.DiagnosticsSpec;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects and stores the evidence of one route's runs. Missing diagnostics and failed writes are
 * named in the summary and never stop a run.
 */
public final class RunEvidence implements EvidenceCollector {

    private static final Logger LOG = LoggerFactory.getLogger(RunEvidence.class);

    private final Supplier<ProxyRoute> route;
    private final DiagnosticsCollector collector;
    private final ReportStore store;
    private final Function<String, Optional<ProxyAddress>> addresses;
    private final Clock clock;

    /**
     * @param route the route as last reconciled
     * @param addresses pod addresses by UID
     */
    public RunEvidence(
            Supplier<ProxyRoute> route,
            DiagnosticsCollector collector,
            ReportStore store,
            Function<String, Optional<ProxyAddress>> addresses,
            Clock clock) {
        this.route = route;
        this.collector = collector;
        this.store = store;
        this.addresses = addresses;
        this.clock = clock;
    }

    @Override
    public Evidence collect(Run run, boolean deep, Duration timeout) {
        String name = RunNames.of(route.get(), run.number());
        DiagnosticsBundle bundle = bundle(name, run, deep, timeout);
        String summary = EvidenceSummary.of(run, bundle);
        try {
            store.write(name, bundle);
            return new Evidence(summary, ReportStore.reference(name));
        } catch (IOException e) {
            LOG.warn("Cannot write the diagnostics of run {}: {}", name, e.getMessage());
            return new Evidence(summary + " The report could not be written; see the log of the operator.", null);
        }
    }

    private DiagnosticsBundle bundle(String name, Run run, boolean deep, Duration timeout) {
        Optional<DiagnosticsBundle> known = store.bundle(name);
        Optional<ProxyAddress> proxy = addresses.apply(run.podUid());
        DiagnosticsSpec spec = route.get().getSpec().remediation().diagnostics();
        if (proxy.isEmpty()) {
            return known.orElseGet(() -> DiagnosticsBundle.empty(
                    spec.ttl().toJava(),
                    clock.instant(),
                    "Nothing was collected: " + run.podName() + " has no address."));
        }
        DiagnosticsBundle bundle =
                deep && known.isPresent() ? known.get() : collector.collect(proxy.get(), spec, timeout);
        return deep ? collector.addClassHistograms(bundle, proxy.get(), spec, timeout) : bundle;
    }
}
