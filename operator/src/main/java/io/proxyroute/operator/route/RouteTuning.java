package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ConnectionPoolSpec;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.TunedValues;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.Tuning;
import io.proxyroute.api.v1alpha1.TuningSpec;
import io.proxyroute.operator.tuning.DemandHistory;
import io.proxyroute.operator.tuning.PoolSettings;
import io.proxyroute.operator.tuning.PoolTuner;
import io.proxyroute.operator.tuning.TuningDecision;
import io.proxyroute.operator.tuning.TuningDecision.Outcome;
import io.proxyroute.operator.tuning.TuningPolicy;
import java.time.Instant;
import java.util.Objects;

/**
 * Decides the pool settings of a route once per interval. The decision goes into the status, and from there into the next
 * configuration. One instance per route and leader term; used by one reconciliation at a time.
 */
final class RouteTuning {

    private final DemandHistory history = new DemandHistory();
    private PoolSettings measuredSettings;
    private Outcome outcome;
    private Instant due = Instant.MIN;
    private boolean decided;
    private Tuning last;

    /**
     * The last decision. Only a new leader takes it from the status, since the cached status may be older than the last
     * write.
     *
     * @param status the cached status, or null
     */
    Tuning current(ProxyRouteStatus status) {
        if (decided) {
            return last;
        }
        return status == null ? null : status.tuning();
    }

    /** The values that replace the spec's, within the current bounds, or null. */
    TunedValues effectiveValues(ProxyRoute route) {
        return effectiveValues(route.getSpec(), current(route.getStatus()));
    }

    private static TunedValues effectiveValues(ProxyRouteSpec spec, Tuning tuning) {
        return spec.tuning().mode() == TuningSpec.Mode.Auto ? bounded(TuningPolicy.of(spec), effective(tuning)) : null;
    }

    /** The values of a decision that replace the spec's, or null. */
    private static TunedValues effective(Tuning tuning) {
        return tuning == null ? null : tuning.effective();
    }

    /**
     * Result of a decision.
     *
     * @param tuning the tuning part of the status from now on; null when tuning is disabled
     * @param changed whether other values replace the spec's than before
     */
    record Result(Tuning tuning, boolean changed) {}

    /**
     * Decides the tuning if a decision is due.
     *
     * @param before see {@link #current}
     * @param suspended whether a pod leaks or is being remediated
     */
    Result tune(ProxyRouteSpec spec, Tuning before, RecentSnapshots snapshots, boolean suspended, Instant now) {
        last = decide(spec, before, snapshots, suspended, now);
        decided = true;
        return new Result(last, !Objects.equals(effective(last), effective(before)));
    }

    private Tuning decide(
            ProxyRouteSpec spec, Tuning before, RecentSnapshots snapshots, boolean suspended, Instant now) {
        if (spec.tuning().mode() == TuningSpec.Mode.Disabled) {
            measuredSettings = null;
            return null;
        }
        TuningPolicy policy = TuningPolicy.of(spec);
        boolean auto = spec.tuning().mode() == TuningSpec.Mode.Auto;
        TunedValues effective = effectiveValues(spec, before);
        PoolSettings current = settings(spec.connectionPool(), effective);
        if (!current.equals(measuredSettings)) {
            measuredSettings = current;
            history.restart();
            outcome = null;
            due = Instant.MIN;
        }
        if (now.isBefore(due)) {
            return settled(before, effective, auto, now);
        }
        due = now.plus(policy.interval());
        history.add(now, snapshots.byPodUid().values(), snapshots.isComplete(), policy.window());
        TuningDecision decision = PoolTuner.decide(policy, current, history.samples(), suspended, now);
        boolean reportable = before == null || decision.outcome() != outcome && !isWaiting(decision.outcome());
        outcome = decision.outcome();
        TunedValues better = values(decision.settings());
        TunedValues nextEffective = auto && outcome == Outcome.CHANGED ? better : effective;
        boolean same = before != null
                && Objects.equals(before.effective(), nextEffective)
                && better.equals(before.recommended());
        // Changed figures alone do not justify writing the status.
        return same && !reportable
                ? before
                : new Tuning(nextEffective, better, decision.reason(), same ? before.since() : now);
    }

    /** Such a result says nothing new, so the previous reason is kept. */
    private static boolean isWaiting(Outcome outcome) {
        return outcome == Outcome.MEASURING || outcome == Outcome.IDLE;
    }

    private static Tuning settled(Tuning before, TunedValues effective, boolean auto, Instant now) {
        if (before == null || Objects.equals(before.effective(), effective)) {
            return before;
        }
        String reason = auto
                ? "The values were adjusted to spec.tuning.bounds."
                : "The values of the spec are in use again, since spec.tuning.mode is Recommend.";
        return new Tuning(effective, before.recommended(), reason, now);
    }

    private static PoolSettings settings(ConnectionPoolSpec spec, TunedValues effective) {
        return effective == null
                ? new PoolSettings(
                        spec.maxConnectionsPerBackend(), spec.acquireTimeout().toJava())
                : new PoolSettings(
                        effective.maxConnectionsPerBackend(),
                        effective.acquireTimeout().toJava());
    }

    private static TunedValues bounded(TuningPolicy policy, TunedValues values) {
        return values == null ? null : values(policy.bounded(settings(null, values)));
    }

    private static TunedValues values(PoolSettings settings) {
        return new TunedValues(settings.maxConnections(), GatewayDuration.of(settings.acquireTimeout()));
    }
}
