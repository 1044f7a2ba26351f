package io.proxyroute.operator.route;

import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.pace.TokenBucket;
import io.proxyroute.operator.status.ConditionChanges;
import java.time.Duration;
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
        TokenBucket statusWrites) {

    /** More writes than a rollout of a few pods needs; a pod that changes its mind all the time causes no more. */
    private static final int STATUS_WRITES = 40;

    private static final Duration STATUS_WRITE_INTERVAL = Duration.ofSeconds(15);

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
                new TokenBucket(STATUS_WRITES, STATUS_WRITE_INTERVAL));
    }
}
