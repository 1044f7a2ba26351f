package io.proxyroute.operator.route;

import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.status.ConditionChanges;
import java.util.function.BooleanSupplier;

/** State of a route while this operator leads. Used by one reconciliation at a time. */
record RouteState(
        ConfigRollout rollout,
        EndpointVersions versions,
        BackendsInUse inUse,
        RouteScaling scaling,
        RouteTuning tuning,
        ConditionChanges conditionChanges,
        CertificateCheck certificate,
        PodDeaths deaths,
        StatusBudget statusWrites) {

    /** The state of a route that this operator sees for the first time. */
    static RouteState create(ConfigStore configs, BooleanSupplier leads) {
        return new RouteState(
                new ConfigRollout(configs, leads),
                new EndpointVersions(),
                new BackendsInUse(),
                new RouteScaling(),
                new RouteTuning(),
                new ConditionChanges(RequeueDelay.SETTLING),
                new CertificateCheck(),
                new PodDeaths(),
                new StatusBudget());
    }
}
