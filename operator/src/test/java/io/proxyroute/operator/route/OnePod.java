package io.proxyroute.operator.route;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.observe.ObservedPod;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The snapshots of a route with a single pod, which is ready; of what a test does not speak of there is nothing. */
final class OnePod {

    private OnePod() {}

    static RecentSnapshots at(Instant when, Snapshot.Traffic traffic, List<PoolUsage> pools, LedgerSummary ledger) {
        ObservedPod pod = new ObservedPod(
                new RouteRef("shop", "shop", "route"), null, "a", "uid-a", "node", "1", true, true, false, when, when);
        Snapshot snapshot = new Snapshot(
                new Snapshot.PodIdentity("route", "a", "uid-a"),
                when,
                when,
                null,
                Snapshot.ProcessState.READY,
                null,
                null,
                null,
                traffic,
                pools,
                ledger);
        return new RecentSnapshots(List.of(pod), Map.of("uid-a", snapshot));
    }
}
