package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.Ports.RunListener;
import io.proxyroute.operator.remediation.decision.Run;
import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the reports of a route's runs up to date. A failed write is logged and never stops a run. */
public final class ReportUpdater implements RunListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReportUpdater.class);

    private final Supplier<ProxyRoute> route;
    private final ReportStore store;

    /** @param route the route as last reconciled */
    public ReportUpdater(Supplier<ProxyRoute> route, ReportStore store) {
        this.route = route;
        this.store = store;
    }

    /** Writes the report of a run that has evidence. */
    @Override
    public void advanced(Run run) {
        if (run.evidence() == null) {
            return;
        }
        ProxyRoute current = route.get();
        String name = RunNames.of(current, run.number());
        String title = current.getMetadata().getNamespace() + "/"
                + current.getMetadata().getName();
        try {
            store.write(name, ReportPage.html(title, run, store.bundle(name).orElse(null)));
        } catch (IOException e) {
            LOG.warn("Cannot write the report of run {}: {}", name, e.getMessage());
        }
    }
}
